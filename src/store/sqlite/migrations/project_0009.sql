-- Runs that were taken away: who still has the id of one is told so.
CREATE TABLE removed_runs (
    run TEXT PRIMARY KEY,
    workflow TEXT NOT NULL,
    status TEXT NOT NULL,
    removed_at INTEGER NOT NULL,
    removed_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX runs_by_plan ON runs (plan);
