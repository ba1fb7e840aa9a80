-- What was brought where; never changed.
CREATE TABLE deployments (
    id INTEGER PRIMARY KEY,
    deployment TEXT NOT NULL UNIQUE,
    deployed_at INTEGER NOT NULL,
    environment TEXT NOT NULL,
    pull_request TEXT,
    commit_id TEXT,
    status TEXT NOT NULL,
    metadata TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;

CREATE INDEX deployments_by_time ON deployments (deployed_at, deployment);
CREATE INDEX deployments_by_environment ON deployments (environment, deployed_at, deployment);

-- An entity as its type and name, a work item as its id with no type.
CREATE TABLE deployment_links (
    deployment INTEGER NOT NULL,
    type TEXT NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY (deployment, type, target)
) STRICT, WITHOUT ROWID;

CREATE INDEX deployment_links_by_target ON deployment_links (type, target);
