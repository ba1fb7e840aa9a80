//! A picture as Mermaid, which hosts of code and documents draw. Ids are numbers of ours; words are only ever in labels.

use super::model::{Graph, List, Node, Role, Shape};
use std::fmt::Write;

const STYLES: &str = "  classDef machine fill:#e0f2fe,stroke:#0369a1,color:#111
  classDef agent fill:#f3e8ff,stroke:#7e22ce,color:#111
  classDef person fill:#fef9c3,stroke:#a16207,color:#111
  classDef time fill:#e5e7eb,stroke:#4b5563,color:#111
  classDef tool fill:#dcfce7,stroke:#15803d,color:#111
  classDef child fill:#ccfbf1,stroke:#0f766e,color:#111
  classDef note fill:#f5f5f4,stroke:#78716c,color:#111
  classDef stop fill:#fee2e2,stroke:#b91c1c,color:#111
";

pub fn mermaid(graph: &Graph) -> String {
    let mut text = "flowchart TB\n".to_owned();
    let mut writer = Writer { next: 0, text: &mut text };
    let several = graph.lists.len() > 1 || graph.about.is_some();
    for list in &graph.lists {
        if several {
            let name = match (list.role, &graph.about) {
                (Role::Main, Some(about)) => format!("{}, {about}", graph.name),
                (Role::Main, None) => graph.name.clone(),
                _ => list.role.title().to_owned(),
            };
            writer.line(1, &format!("subgraph {}[\"{}\"]", section(list.role), label(&name)));
            writer.list(list, 2);
            writer.line(1, "end");
        } else {
            writer.list(list, 1);
        }
    }
    for list in graph.lists.iter().filter(|list| list.role != Role::Main) {
        let (own, title) = (section(list.role), list.role.title());
        writer.line(1, &format!("{} -. {title} .-> {own}", section(Role::Main)));
    }
    text + STYLES
}

fn section(role: Role) -> &'static str {
    match role {
        Role::Main | Role::Inner => "main",
        Role::OnFailure => "failure",
        Role::Finally => "last",
    }
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
            match &node.inside {
                Some(inside) => {
                    self.line(depth, &format!("subgraph n{id}[\"{}\"]", told(node)));
                    self.list(inside, depth + 1);
                    self.line(depth, "end");
                }
                None => self.line(depth, &format!("n{id}{}", boxed(node))),
            }
            if let Some(undo) = &node.undo {
                self.line(depth, &format!("u{id}{}", boxed(undo)));
                self.line(depth, &format!("n{id} -. undo .- u{id}"));
            }
        }
        for (from, to) in &list.edges {
            self.line(depth, &format!("n{} --> n{}", first + from, first + to));
        }
    }
}

fn boxed(node: &Node) -> String {
    let (open, close, class) = match node.shape {
        Shape::Machine => ("[", "]", "machine"),
        Shape::Agent => ("([", "])", "agent"),
        Shape::Person => ("{{", "}}", "person"),
        Shape::Time => ("((", "))", "time"),
        Shape::Tool => ("[/", "/]", "tool"),
        Shape::Child => ("[[", "]]", "child"),
        Shape::Note => ("(", ")", "note"),
        Shape::Stop => (">", "]", "stop"),
        Shape::Group => ("[", "]", "note"),
    };
    format!("{open}\"{}\"{close}:::{class}", told(node))
}

fn told(node: &Node) -> String {
    node.lines().map(label).collect::<Vec<_>>().join("<br/>")
}

/// A line as a label says it. Mermaid reads directives, mathematics, Markdown and HTML in labels, and its own entities
/// in place of what these begin with.
fn label(line: &str) -> String {
    let mut label = String::with_capacity(line.len());
    let mut begins = true;
    for letter in line.chars() {
        let lists = begins && matches!(letter, '-' | '+' | '.' | ')');
        begins = begins && letter.is_ascii_digit();
        match letter {
            '"' | '#' | '&' | '<' | '>' | '`' | '\\' | '%' | '$' | '*' | '_' | '~' | '|' | ';' | '{'
            | '}' => {
                let _ = write!(label, "#{};", u32::from(letter));
            }
            _ if lists => {
                let _ = write!(label, "#{};", u32::from(letter));
            }
            letter => label.push(letter),
        }
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_label_is_read_as_anything_else() {
        assert_eq!(label("say \"hi\" & `x`"), "say #34;hi#34; #38; #96;x#96;");
        assert_eq!(label("1. first"), "1#46; first");
        assert_eq!(label("- item - x"), "#45; item - x");
        assert_eq!(label("inputs.files"), "inputs.files");
        assert_eq!(label("%%{init}%%"), "#37;#37;#123;init#125;#37;#37;");
    }
}
