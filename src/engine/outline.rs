//! The steps of a plan in one flat table, so that a node of a run names its step by a number.
//! Derived from the plan alone, in its order.

use super::event::Section;
use crate::language::plan::{Action, Plan, Step};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A row of the outline.
pub type StepId = u32;

#[derive(Debug)]
pub struct Outline {
    plan: Arc<Plan>,
    rows: Vec<Row>,
    sections: [Vec<StepId>; 3],
}

#[derive(Debug)]
struct Row {
    path: Path,
    children: Vec<StepId>,
    /// Positions among the siblings that it needs.
    needs: Vec<u32>,
    /// Positions among the siblings that need it.
    dependents: Vec<u32>,
    undo: Option<StepId>,
}

#[derive(Debug, Clone)]
struct Path {
    section: Section,
    indices: Vec<u32>,
    undo: bool,
}

impl Outline {
    pub fn new(plan: &Arc<Plan>) -> Self {
        let mut outline = Self { plan: Arc::clone(plan), rows: Vec::new(), sections: Default::default() };
        for (slot, section, steps) in [
            (0, Section::Main, &plan.steps),
            (1, Section::OnFailure, &plan.on_failure),
            (2, Section::Finally, &plan.finally),
        ] {
            let root = Path { section, indices: Vec::new(), undo: false };
            outline.sections[slot] = outline.add_list(&root, steps);
        }
        outline
    }

    pub fn shared_plan(&self) -> Arc<Plan> {
        Arc::clone(&self.plan)
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The steps of a section; `Undo` has none of its own.
    pub fn section(&self, section: Section) -> &[StepId] {
        match section {
            Section::Main => &self.sections[0],
            Section::OnFailure => &self.sections[1],
            Section::Finally => &self.sections[2],
            Section::Undo => &[],
        }
    }

    pub fn step(&self, id: StepId) -> &Step {
        let path = &self.rows[id as usize].path;
        let mut list = match path.section {
            Section::Main | Section::Undo => &self.plan.steps,
            Section::OnFailure => &self.plan.on_failure,
            Section::Finally => &self.plan.finally,
        };
        let mut step = &list[path.indices[0] as usize];
        for index in &path.indices[1..] {
            if let Action::Group(steps) = &step.action {
                list = steps;
            }
            step = &list[*index as usize];
        }
        match (&step.undo, path.undo) {
            (Some(undo), true) => undo,
            _ => step,
        }
    }

    pub fn children(&self, id: StepId) -> &[StepId] {
        &self.rows[id as usize].children
    }

    pub fn needs(&self, id: StepId) -> &[u32] {
        &self.rows[id as usize].needs
    }

    pub fn dependents(&self, id: StepId) -> &[u32] {
        &self.rows[id as usize].dependents
    }

    pub fn undo(&self, id: StepId) -> Option<StepId> {
        self.rows[id as usize].undo
    }

    fn add_list(&mut self, parent: &Path, steps: &[Step]) -> Vec<StepId> {
        let positions: BTreeMap<&str, u32> =
            steps.iter().zip(0..).map(|(step, at)| (step.id.as_str(), at)).collect();
        let ids: Vec<StepId> = steps
            .iter()
            .zip(0..)
            .map(|(step, at)| {
                let mut indices = parent.indices.clone();
                indices.push(at);
                self.add(Path { section: parent.section, indices, undo: false }, step)
            })
            .collect();
        for (step, id) in steps.iter().zip(&ids) {
            let needs: Vec<u32> =
                step.needs.iter().filter_map(|name| positions.get(name.as_str()).copied()).collect();
            let position = positions[step.id.as_str()];
            for need in &needs {
                self.rows[ids[*need as usize] as usize].dependents.push(position);
            }
            self.rows[*id as usize].needs = needs;
        }
        ids
    }

    fn add(&mut self, path: Path, step: &Step) -> StepId {
        let id = StepId::try_from(self.rows.len()).unwrap_or(StepId::MAX);
        let row = Row {
            path: path.clone(),
            children: Vec::new(),
            needs: Vec::new(),
            dependents: Vec::new(),
            undo: None,
        };
        self.rows.push(row);
        if let Action::Group(steps) = &step.action {
            self.rows[id as usize].children = self.add_list(&path, steps);
        }
        if let Some(undo) = &step.undo {
            let undo_path = Path { undo: true, ..path };
            let undo_id = self.add(undo_path, undo);
            self.rows[id as usize].undo = Some(undo_id);
        }
        id
    }
}
