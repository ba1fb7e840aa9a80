//! Every place of a run with how it stands, as a tree that somebody looks at while the run goes on.

use super::super::action::Action;
use super::super::event::SkipReason;
use super::super::node::{Done, Layer, Node, NodeId, State, Underway};
use super::super::run::Run;

/// One line of the tree: a step, an item of its loop, or a round of its repetition. What is inside it follows it, deeper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub key: String,
    pub depth: usize,
    /// The step's id, `[2]` for an item, `~2` for a round, a list's name for a list other than the main one.
    pub label: String,
    /// shell, prompt, loop ...; empty where it says no more than the line above.
    pub kind: &'static str,
    /// What a loop's item is, as JSON.
    pub item: Option<String>,
    pub stands: Stands,
    /// Attempts begun, and those that are granted.
    pub attempt: u32,
    pub attempts_max: u32,
    /// What is done of what it holds; of a repetition, the rounds and how many there may be.
    pub progress: Option<(usize, usize)>,
    pub started_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub error: Option<String>,
}

/// How a place stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stands {
    /// It has not begun.
    Ahead,
    Running,
    /// A check is under way.
    Checked,
    /// Something inside it goes on.
    Inside,
    /// The next attempt or round begins then.
    Delayed {
        due: i64,
    },
    Waiting {
        due: Option<i64>,
        event: Option<String>,
    },
    /// Somebody is to do it: the pending action, with its generation.
    Acting {
        action: String,
    },
    Child {
        run: String,
    },
    Interrupted,
    Succeeded,
    Failed,
    /// Its condition was false.
    LeftOut,
    /// What it needs did not succeed.
    Unreached,
    Cancelled,
}

impl Run {
    /// The lists that have begun, one after the other.
    pub fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        for (_, list) in &self.facts.lists {
            let name = self.node(*list).key.as_str();
            let depth = usize::from(!name.is_empty());
            if depth > 0 {
                places.push(self.place(*list, 0));
            }
            self.add_children(*list, depth, &mut places);
        }
        places
    }

    fn add_children(&self, id: NodeId, depth: usize, places: &mut Vec<Place>) {
        for child in &self.node(id).container.children {
            places.push(self.place(*child, depth));
            self.add_children(*child, depth + 1, places);
        }
    }

    fn place(&self, id: NodeId, depth: usize) -> Place {
        let node = self.node(id);
        let step = self.step_of(id);
        let parent = node.parent.map(|parent| self.node(parent));
        let is_part = parent.is_some_and(|parent| matches!(parent.layer, Layer::Loop | Layer::Repeat));
        let label = match parent.map(|parent| parent.layer) {
            Some(Layer::Loop) => format!("[{}]", node.position),
            Some(Layer::Repeat) => format!("~{}", node.position),
            _ => step.map_or_else(|| node.key.to_string(), |step| step.id.clone()),
        };
        let kind = match (node.layer, step) {
            (Layer::Loop, _) => "loop",
            (Layer::Repeat, _) => "repeat",
            (_, Some(step)) if !is_part => step.action.kind(),
            _ => "",
        };
        Place {
            key: node.key.to_string(),
            depth,
            label,
            kind,
            item: parent
                .filter(|parent| parent.layer == Layer::Loop)
                .and_then(|parent| parent.container.items.get(node.position as usize))
                .map(|item| item.get().to_owned()),
            stands: self.stands(node),
            attempt: node.attempt,
            attempts_max: step.and_then(|step| step.retry.as_ref()).map_or(1, |retry| retry.attempts),
            progress: self.progress(id),
            started_at: node.started_at,
            ended_at: node.ended_at,
            error: node.failure.as_ref().map(|failure| failure.message.clone()),
        }
    }

    fn progress(&self, id: NodeId) -> Option<(usize, usize)> {
        let node = self.node(id);
        match node.layer {
            Layer::Loop => self.loop_progress(&node.key),
            Layer::Repeat => {
                let max = self.step_of(id)?.repeat.as_ref()?.max;
                Some((node.container.children.len(), max as usize))
            }
            Layer::List | Layer::Body => None,
        }
    }

    fn stands(&self, node: &Node) -> Stands {
        match &node.state {
            State::Blocked | State::Ready | State::Starting => Stands::Ahead,
            State::Delayed { due } => Stands::Delayed { due: *due },
            State::Running | State::Seeking => Stands::Running,
            State::Checking { underway: Underway::Review(action), .. } | State::Acting { action } => {
                let open = self.facts.actions.get(action);
                let action = open.map_or_else(|| action.to_string(), Action::fenced_id);
                Stands::Acting { action }
            }
            State::Checking { .. } => Stands::Checked,
            State::Waiting { due, event } => Stands::Waiting { due: *due, event: event.clone() },
            State::Child { run } => Stands::Child { run: run.to_string() },
            State::Inside | State::Closing => Stands::Inside,
            State::Interrupted => Stands::Interrupted,
            State::Done(Done::Succeeded) => Stands::Succeeded,
            State::Done(Done::Failed) => Stands::Failed,
            State::Done(Done::Skipped(SkipReason::Condition)) => Stands::LeftOut,
            State::Done(Done::Skipped(SkipReason::Upstream)) => Stands::Unreached,
            State::Done(Done::Skipped(SkipReason::Cancelled) | Done::Cancelled) => Stands::Cancelled,
        }
    }
}
