//! A picture as DOT, which Graphviz draws.

use super::model::{Graph, List, Node, Role, Shape};
use std::fmt::Write;

pub fn dot(graph: &Graph) -> String {
    let name = match &graph.about {
        Some(about) => format!("{}, {about}", graph.name),
        None => graph.name.clone(),
    };
    let mut text = format!(
        "digraph {} {{\n  compound=true;\n  labelloc=t;\n  label={};\n  fontname=\"Helvetica\";\n  node [fontname=\"Helvetica\", \
         fontsize=11, style=filled, fillcolor=white];\n  edge [fontname=\"Helvetica\", fontsize=10];\n",
        quoted(&graph.name),
        quoted(&name)
    );
    let mut writer = Writer { next: 0, text: &mut text };
    let mut anchors = Vec::new();
    for list in &graph.lists {
        if list.role == Role::Main {
            anchors.push(writer.next + list.nodes.len().saturating_sub(1));
            writer.list(list, 1);
        } else {
            anchors.push(writer.next);
            writer.line(1, &format!("subgraph cluster_{} {{", list.role.title().replace(' ', "_")));
            writer.line(2, &format!("label={};\n    style=\"rounded,dashed\";", quoted(list.role.title())));
            writer.list(list, 2);
            writer.line(1, "}");
        }
    }
    for (list, anchor) in graph.lists.iter().zip(&anchors).skip(1) {
        let cluster = list.role.title().replace(' ', "_");
        writer.line(
            1,
            &format!(
                "n{} -> n{anchor} [style=dashed, lhead=cluster_{cluster}, label={}];",
                anchors[0],
                quoted(list.role.title())
            ),
        );
    }
    text + "}\n"
}

struct Writer<'a> {
    next: usize,
    text: &'a mut String,
}

impl Writer<'_> {
    fn line(&mut self, depth: usize, line: &str) {
        let _ = writeln!(self.text, "{}{line}", "  ".repeat(depth));
    }

    fn list(&mut self, list: &List, depth: usize) {
        let first = self.next;
        self.next += list.nodes.len();
        for (at, node) in list.nodes.iter().enumerate() {
            let id = first + at;
            if let Some(inside) = &node.inside {
                self.line(depth, &format!("subgraph cluster_n{id} {{"));
                self.line(
                    depth + 1,
                    &format!("label={};\n{}  style=rounded;", told(node), "  ".repeat(depth)),
                );
                // Edges of the group begin and end at this point, cut off at its frame.
                self.line(depth + 1, &format!("n{id} [shape=point, style=invis, width=0];"));
                self.list(inside, depth + 1);
                self.line(depth, "}");
            } else {
                self.line(depth, &format!("n{id} {};", attributes(node)));
            }
            if let Some(undo) = &node.undo {
                self.line(depth, &format!("u{id} {};", attributes(undo)));
                let from =
                    if node.inside.is_some() { format!(", ltail=cluster_n{id}") } else { String::new() };
                self.line(
                    depth,
                    &format!(
                        "n{id} -> u{id} [style=dashed, dir=none, constraint=false, label=\"undo\"{from}];"
                    ),
                );
            }
        }
        for (from, to) in &list.edges {
            let (tail, head) = (first + from, first + to);
            let mut ends = Vec::new();
            if list.nodes[*from].inside.is_some() {
                ends.push(format!("ltail=cluster_n{tail}"));
            }
            if list.nodes[*to].inside.is_some() {
                ends.push(format!("lhead=cluster_n{head}"));
            }
            let ends = if ends.is_empty() { String::new() } else { format!(" [{}]", ends.join(", ")) };
            self.line(depth, &format!("n{tail} -> n{head}{ends};"));
        }
    }
}

fn attributes(node: &Node) -> String {
    let form = match node.shape {
        Shape::Machine | Shape::Group => "shape=box, fillcolor=\"#e0f2fe\"",
        Shape::Agent => "shape=box, style=\"filled,rounded\", fillcolor=\"#f3e8ff\"",
        Shape::Person => "shape=hexagon, fillcolor=\"#fef9c3\"",
        Shape::Time => "shape=ellipse, style=\"filled,dashed\", fillcolor=\"#e5e7eb\"",
        Shape::Tool => "shape=parallelogram, fillcolor=\"#dcfce7\"",
        Shape::Child => "shape=box, peripheries=2, fillcolor=\"#ccfbf1\"",
        Shape::Note => "shape=note, fillcolor=\"#f5f5f4\"",
        Shape::Stop => "shape=octagon, fillcolor=\"#fee2e2\"",
    };
    format!("[label={}, {form}]", told(node))
}

fn told(node: &Node) -> String {
    format!("\"{}\"", node.lines().map(escaped).collect::<Vec<_>>().join("\\n"))
}

fn quoted(line: &str) -> String {
    format!("\"{}\"", escaped(line))
}

/// Graphviz reads `\` and entities in labels.
fn escaped(line: &str) -> String {
    line.replace('&', "&amp;").replace('\\', "\\\\").replace('"', "\\\"")
}
