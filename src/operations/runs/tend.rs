//! Whoever touches a project sees to it that its runs go on: those whose carrier died, and those whose time has come.

use crate::operations::context::Context;
use crate::operations::error::Error;

/// Take up what is ready: here, where this process carries runs anyway, else in a process of its own.
pub fn tend(context: &Context) -> Result<(), Error> {
    let Some(project) = context.project_in_use() else { return Ok(()) };
    if project.journal.ready(context.now())?.is_empty() {
        return Ok(());
    }
    context.world().carry_in_background(&project.row)
}
