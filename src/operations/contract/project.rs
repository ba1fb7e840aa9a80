//! One project, open: the traits behind which its store is, and the driver of its runs.

use super::error::Error;
use crate::drivers::driver::Driver;
use crate::store::applications::Applications;
use crate::store::catalog::Catalog;
use crate::store::deployments::Deployments;
use crate::store::entities::Entities;
use crate::store::journal::Journal;
use crate::store::maintenance::Maintenance;
use crate::store::registry::ProjectRow;
use crate::store::schedules::Schedules;
use crate::store::usage::Usage;
use crate::store::work::Work;
use std::sync::{Arc, OnceLock};

pub struct Project {
    pub row: ProjectRow,
    pub journal: Arc<dyn Journal>,
    pub catalog: Arc<dyn Catalog>,
    pub usage: Arc<dyn Usage>,
    pub deployments: Arc<dyn Deployments>,
    pub applications: Arc<dyn Applications>,
    pub schedules: Arc<dyn Schedules>,
    pub work: Arc<dyn Work>,
    pub entities: Arc<dyn Entities>,
    pub maintenance: Arc<dyn Maintenance>,
    driving: Arc<Driving>,
}

/// The driver, made at its first use: most commands only read.
struct Driving {
    driver: OnceLock<Arc<dyn Driver>>,
    make: Box<dyn Fn() -> Result<Arc<dyn Driver>, Error> + Send + Sync>,
}

impl Project {
    pub fn new<S>(
        row: ProjectRow,
        store: &Arc<S>,
        make_driver: impl Fn() -> Result<Arc<dyn Driver>, Error> + Send + Sync + 'static,
    ) -> Self
    where
        S: Journal
            + Catalog
            + Usage
            + Deployments
            + Applications
            + Schedules
            + Work
            + Entities
            + Maintenance
            + 'static,
    {
        Self {
            row,
            journal: Arc::clone(store) as _,
            catalog: Arc::clone(store) as _,
            usage: Arc::clone(store) as _,
            deployments: Arc::clone(store) as _,
            applications: Arc::clone(store) as _,
            schedules: Arc::clone(store) as _,
            work: Arc::clone(store) as _,
            entities: Arc::clone(store) as _,
            maintenance: Arc::clone(store) as _,
            driving: Arc::new(Driving { driver: OnceLock::new(), make: Box::new(make_driver) }),
        }
    }

    /// The same project, with what the registry says of it by now.
    #[must_use]
    pub fn known_as(&self, row: ProjectRow) -> Self {
        Self {
            row,
            journal: Arc::clone(&self.journal),
            catalog: Arc::clone(&self.catalog),
            usage: Arc::clone(&self.usage),
            deployments: Arc::clone(&self.deployments),
            applications: Arc::clone(&self.applications),
            schedules: Arc::clone(&self.schedules),
            work: Arc::clone(&self.work),
            entities: Arc::clone(&self.entities),
            maintenance: Arc::clone(&self.maintenance),
            driving: Arc::clone(&self.driving),
        }
    }

    pub fn driver(&self) -> Result<&Arc<dyn Driver>, Error> {
        if let Some(driver) = self.driving.driver.get() {
            return Ok(driver);
        }
        let made = (self.driving.make)()?;
        Ok(self.driving.driver.get_or_init(|| made))
    }

    /// Whether nothing would end if it were closed.
    pub fn is_at_rest(&self) -> bool {
        let Some(driver) = self.driving.driver.get() else { return true };
        driver.is_idle() && !driver.carries_all() && matches!(self.journal.next_due(), Ok(None))
    }

    /// End what this process carries of it.
    pub fn shut_down(&self) {
        if let Some(driver) = self.driving.driver.get() {
            driver.shut_down();
        }
    }
}
