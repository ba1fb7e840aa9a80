//! A picture for a terminal: boxes in rows where there is room for them, a list where there is not.

use super::boxes::sheet;
use super::canvas::{Canvas, Tone, escape};
use super::listing::listing;
use super::model::{Graph, List, Role, Shape};
use super::words::{clipped, columns};
use std::fmt::Write;

/// How long texts in boxes may be, the most readable first.
const TEXTS: [usize; 6] = [60, 44, 32, 24, 18, 13];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    pub width: usize,
    pub letters: Letters,
    pub ink: Ink,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Letters {
    #[default]
    Unicode,
    Ascii,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ink {
    #[default]
    Plain,
    Colored,
}

pub fn terminal(graph: &Graph, page: &Page) -> String {
    let about = graph.about.as_ref().map(|about| format!("  {about}")).unwrap_or_default();
    let mut text = format!("{}\n", painted(&format!("{}{about}", graph.name), Tone::Bold, page));
    for list in &graph.lists {
        if list.role != Role::Main {
            let _ = write!(text, "\n{}", painted(list.role.title(), Tone::Bold, page));
            text.push('\n');
        }
        text.push_str(&picture(list, page));
    }
    text.push_str(&legend(graph, page));
    if page.letters == Letters::Ascii { text.replace('…', "~") } else { text }
}

fn picture(list: &List, page: &Page) -> String {
    if list.nodes.is_empty() {
        return "no steps\n".to_owned();
    }
    let fitting = TEXTS.iter().find_map(|text_max| {
        let text_max = (*text_max).min(page.width.saturating_sub(4));
        sheet(list, (text_max, page.width), page.letters)
    });
    let Some(sheet) = fitting else { return listing(list, page) };
    let mut canvas = Canvas::new(sheet.width, sheet.height);
    sheet.draw(&mut canvas, (0, 0), page.letters);
    canvas.text(page)
}

/// What the forms that are used mean.
fn legend(graph: &Graph, page: &Page) -> String {
    let mut used: Vec<Shape> = Vec::new();
    for list in &graph.lists {
        collect(list, &mut used);
    }
    let mut text = "\n".to_owned();
    let mut taken = 0;
    for shape in used {
        let (sign, who) = (shape.sign(page.letters), shape.who());
        let width = columns(sign) + 1 + columns(who);
        if taken > 0 && taken + 3 + width > page.width {
            text.push('\n');
            taken = 0;
        }
        if taken > 0 {
            text.push_str("   ");
            taken += 3;
        }
        let _ = write!(text, "{} {}", painted(sign, shape.tone(), page), painted(who, Tone::Faint, page));
        taken += width;
    }
    text.push('\n');
    text
}

fn collect(list: &List, used: &mut Vec<Shape>) {
    for node in &list.nodes {
        if !used.contains(&node.shape) {
            used.push(node.shape);
        }
        if let Some(inside) = &node.inside {
            collect(inside, used);
        }
    }
}

fn painted(text: &str, tone: Tone, page: &Page) -> String {
    let text = clipped(text, page.width);
    match page.ink {
        Ink::Colored if tone != Tone::Plain => format!("{}{text}{}", escape(tone), escape(Tone::Plain)),
        _ => text,
    }
}
