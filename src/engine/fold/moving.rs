//! A run arrives in another home: what it began among gives way to what it is among now.

use super::super::event::Arrived;
use super::super::run::Run;
use std::path::Path;

impl Run {
    /// Who held an action is not here: the next one to take it gets a new generation.
    pub(super) fn arrive(&mut self, arrived: &Arrived, at: i64) {
        let Arrived { by: _, project, dir, artifacts, servers, asks_models } = arrived;
        self.facts.moved = None;
        if let Some(started) = &mut self.facts.started {
            started.project.clone_from(project);
            started.dir.clone_from(dir);
            started.servers.clone_from(servers);
            started.asks_models = *asks_models;
        }
        for id in &self.facts.open_actions {
            if let Some(action) = self.facts.actions.get_mut(id)
                && action.living_holder(at).is_some()
            {
                action.abandon(at);
            }
        }
        let folder = Path::new(artifacts);
        for node in &mut self.facts.nodes {
            let failed = node.failure.as_mut().and_then(|failure| failure.output.as_deref_mut());
            let outputs = node.output.as_mut().into_iter().chain(failed);
            outputs.for_each(|output| drop(output.move_files(folder)));
        }
    }
}
