-- How often each wording of a prompt was used, and what came of it. Where there is no version or variant it is empty.
CREATE TABLE prompt_counts (
    prompt TEXT NOT NULL,
    version TEXT NOT NULL,
    variant TEXT NOT NULL,
    used INTEGER NOT NULL,
    good INTEGER NOT NULL,
    bad INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (prompt, version, variant)
) STRICT, WITHOUT ROWID;

CREATE TABLE prompt_notes (
    id INTEGER PRIMARY KEY,
    prompt TEXT NOT NULL,
    version TEXT NOT NULL,
    variant TEXT NOT NULL,
    good INTEGER NOT NULL,
    note TEXT NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX prompt_notes_by_prompt ON prompt_notes (prompt);
