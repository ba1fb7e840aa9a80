//! `wfmcp ask`: the question may be a file, or what standard input says; people read the answer while it comes.

use super::{Form, parsed, values};
use crate::faces::cli::render::screen::print;
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::model::ClaudeConversation;
use crate::operations::{Error, Operation, block_on, carry_out};
use clap::ArgMatches;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub const ASK: Form = Form::of::<ClaudeConversation>(&["ask"], "claude_conversation", perform);

fn perform(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: ClaudeConversation = parsed(matches)?;
    let text = typed.text.as_deref().map(|text| values::text(&session.context.dir, text)).transpose()?;
    let question = ClaudeConversation { text, ..typed };
    if !session.is_for_people() {
        return Outcome::of(&session.perform(question)?, views::show(ClaudeConversation::NAME), codes::DONE);
    }
    let ends_line = Arc::new(AtomicBool::new(true));
    let told = Arc::clone(&ends_line);
    let context = session.another_context().listening(move |text| {
        told.store(text.ends_with('\n'), Ordering::Relaxed);
        print(text);
    });
    let answered = block_on(carry_out(question, &context));
    // Whatever comes next, a failure too, begins on a line of its own.
    if !ends_line.load(Ordering::Relaxed) {
        print("\n");
    }
    context.take_notes().into_iter().for_each(|note| session.context.note(note));
    answered.map(|_| Outcome::silent(codes::DONE))
}
