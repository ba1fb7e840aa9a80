-- The schedules that servers look after. Their times up to `since` are done with.
CREATE TABLE schedules (
    workflow TEXT NOT NULL,
    source TEXT NOT NULL,
    cron TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (workflow, source)
) STRICT, WITHOUT ROWID;

-- What became of a time. That there is one row for each makes that it is fired once.
CREATE TABLE schedule_firings (
    id INTEGER PRIMARY KEY,
    workflow TEXT NOT NULL,
    source TEXT NOT NULL,
    slot INTEGER NOT NULL,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    run TEXT,
    reason TEXT,
    times INTEGER NOT NULL,
    UNIQUE (workflow, source, slot)
) STRICT;

-- Which processes look after which schedule; whoever finds one gone takes its rows away.
CREATE TABLE schedule_attendants (
    owner TEXT NOT NULL,
    workflow TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (owner, workflow, source)
) STRICT, WITHOUT ROWID;
