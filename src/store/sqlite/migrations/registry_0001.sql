CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    metadata TEXT NOT NULL,
    archived INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: the project that commands mean when they name none.
CREATE TABLE active (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    project TEXT NOT NULL
) STRICT;

-- Here, so that however many processes are first, there is one default project.
INSERT INTO projects
SELECT 'default', 'default', '', '{}', 0, now, now
FROM (SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now);

INSERT INTO active VALUES (1, 'default');
