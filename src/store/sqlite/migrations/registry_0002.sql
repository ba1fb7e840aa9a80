-- How often each was changed, so that nobody writes over what they have not seen.
ALTER TABLE projects ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- Projects that are deleted and whose folders may still be there.
CREATE TABLE removals (
    project TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
