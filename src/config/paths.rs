//! Where things are: under one root with `WFMCP_HOME`, else where the platform wants them.

use crate::platform::environment::Environment;
use directories::ProjectDirs;
use std::path::{Path, PathBuf};

/// The folder a project keeps its settings in.
pub const PROJECT_FOLDER: &str = ".wfmcp";
pub const FILE_NAME: &str = "config.yaml";

/// The folders of an installation; none of them need exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// `WFMCP_HOME`, where it is set.
    pub home: Option<PathBuf>,
    /// The user's configuration file.
    pub user_file: PathBuf,
    /// What must not be lost: the stores.
    pub data: PathBuf,
    pub logs: PathBuf,
    pub cache: PathBuf,
}

impl Paths {
    pub fn of(environment: &dyn Environment) -> Self {
        let named = environment.var("WFMCP_HOME").filter(|home| !home.is_empty());
        if let Some(home) = named {
            let home = environment.current_dir().unwrap_or_default().join(home);
            return Self::under(&home);
        }
        match ProjectDirs::from("", "", "wfmcp") {
            Some(dirs) => Self {
                home: None,
                user_file: dirs.config_dir().join(FILE_NAME),
                data: dirs.data_dir().to_path_buf(),
                logs: dirs.state_dir().unwrap_or(dirs.data_local_dir()).join("log"),
                cache: dirs.cache_dir().to_path_buf(),
            },
            // A user without a home, as in some containers.
            None => Self::under(&environment.current_dir().unwrap_or_default().join(PROJECT_FOLDER)),
        }
    }

    pub fn under(home: &Path) -> Self {
        Self {
            home: Some(home.to_path_buf()),
            user_file: home.join(FILE_NAME),
            data: home.join("data"),
            logs: home.join("log"),
            cache: home.join("cache"),
        }
    }
}

/// The nearest folder, from `start` upwards, that holds a `.wfmcp/config.yaml` other than the user's own.
pub fn project_root(start: &Path, paths: &Paths) -> Option<PathBuf> {
    start
        .ancestors()
        .find(|folder| {
            let file = folder.join(PROJECT_FOLDER).join(FILE_NAME);
            file != paths.user_file && file.is_file()
        })
        .map(Path::to_path_buf)
}
