CREATE TABLE entity_types (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    description TEXT NOT NULL,
    -- The number of the next entity, how many are not deleted, and how often one was written.
    next INTEGER NOT NULL,
    count INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE entity_type_versions (
    type INTEGER NOT NULL,
    version INTEGER NOT NULL,
    schema TEXT NOT NULL,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    PRIMARY KEY (type, version)
) STRICT, WITHOUT ROWID;

-- The id is the type's and, below 2^40, the number of the entity in it. What is long comes last, so that the rest is read without it.
CREATE TABLE entities (
    id INTEGER PRIMARY KEY,
    type INTEGER NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    change TEXT NOT NULL,
    is_deleted INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    tags TEXT NOT NULL,
    data TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX entities_by_name ON entities (type, name) WHERE is_deleted = 0;
CREATE INDEX entities_by_update ON entities (type, updated_at, id) WHERE is_deleted = 0;
CREATE INDEX entities_deleted ON entities (type, updated_at, id) WHERE is_deleted = 1;

-- The versions that were; the present one is in `entities`.
CREATE TABLE entity_history (
    entity INTEGER NOT NULL,
    version INTEGER NOT NULL,
    change TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    tags TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (entity, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE entity_paths (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE
) STRICT;

-- Which entities have a term: a path's number and a value. A chunk is 4,096 ids, a group eight chunks. A container never
-- leaves its page, so a change of one field touches two rows.
CREATE TABLE entity_index (
    grp INTEGER NOT NULL,
    key BLOB NOT NULL,
    chunk INTEGER NOT NULL,
    cardinality INTEGER NOT NULL,
    container BLOB NOT NULL,
    PRIMARY KEY (grp, key, chunk)
) STRICT, WITHOUT ROWID;
