//! What a face says about itself is kept as it is configured, without secrets.

use crate::operations::{Error, World};
use crate::telemetry::{self, Format, Relay, Setup};
use std::sync::Arc;

/// From now on, for the whole process.
pub fn keep(world: &Arc<dyn World>, relay: Option<Relay>) -> Result<(), Error> {
    let config = world.config()?;
    let world = Arc::downgrade(world);
    telemetry::install(&Setup {
        level: config.log_level().to_owned(),
        format: if config.log_format() == "json" { Format::Json } else { Format::Plain },
        folder: Some(config.paths.logs.clone()),
        redact: Arc::new(move |line| world.upgrade().map_or_else(String::new, |world| world.redact(line))),
        relay,
    });
    Ok(())
}
