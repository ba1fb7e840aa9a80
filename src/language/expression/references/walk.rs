//! The walk over minijinja's syntax tree: collects paths, keeps track of the names a template defines itself.

use super::{Analysis, Part, PartName, Reference, Unknown, UnknownKind};
use crate::language::expression::explain::{FILTERS, FUNCTIONS, TESTS, nearest_static};
use minijinja::machinery::Span;
use minijinja::machinery::ast::{Call, CallArg, CallType, Expr, Filter, Macro, Stmt, Test};
use std::ops::Range;

/// Names that minijinja gives a meaning inside loops, blocks and macros.
const SPECIAL: [&str; 4] = ["loop", "self", "super", "caller"];

pub(super) struct Walk<'a> {
    references: Vec<Reference>,
    unknown: Vec<Unknown>,
    /// Names the template defines, one list per open block.
    locals: Vec<Vec<&'a str>>,
    /// How many `default` filters and `is defined` tests are around.
    guards: u32,
    raw: bool,
    /// The expression being visited is all that is written.
    whole: bool,
    /// Paths that are tested for being defined.
    tested: Vec<Vec<String>>,
}

fn range(span: Span) -> Range<usize> {
    span.start_offset as usize..span.end_offset as usize
}

impl<'a> Walk<'a> {
    pub(super) fn new() -> Self {
        Self {
            references: Vec::new(),
            unknown: Vec::new(),
            locals: vec![Vec::new()],
            guards: 0,
            raw: false,
            whole: false,
            tested: Vec::new(),
        }
    }

    pub(super) fn finish(mut self) -> Analysis {
        for reference in &mut self.references {
            reference.guarded |= self.tested.iter().any(|path| reference.starts_with(path));
        }
        self.references.sort_by_key(|reference| reference.span.start);
        Analysis { references: self.references, unknown: self.unknown, constant: None }
    }

    /// An expression whose value is written, or is the answer.
    pub(super) fn emitted(&mut self, expression: &Expr<'a>) {
        self.whole = true;
        if let Expr::Filter(filter) = expression
            && filter.name == "raw"
        {
            self.raw = true;
        }
        self.expression(expression);
        self.raw = false;
        self.whole = false;
    }

    pub(super) fn statement(&mut self, statement: &Stmt<'a>) {
        match statement {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitExpr(emit) => self.emitted(&emit.expr),
            Stmt::EmitRaw(_) => {}
            Stmt::ForLoop(each) => {
                self.expression(&each.iter);
                self.locals.push(Vec::new());
                self.define(&each.target);
                each.filter_expr.iter().for_each(|filter| self.expression(filter));
                self.statements(&each.body);
                self.locals.pop();
                self.statements(&each.else_body);
            }
            Stmt::IfCond(condition) => {
                self.expression(&condition.expr);
                self.statements(&condition.true_body);
                self.statements(&condition.false_body);
            }
            Stmt::WithBlock(with) => {
                self.locals.push(Vec::new());
                for (target, value) in &with.assignments {
                    self.expression(value);
                    self.define(target);
                }
                self.statements(&with.body);
                self.locals.pop();
            }
            Stmt::Set(set) => {
                self.expression(&set.expr);
                self.define(&set.target);
            }
            Stmt::SetBlock(set) => {
                set.filter.iter().for_each(|filter| self.expression(filter));
                self.statements(&set.body);
                self.define(&set.target);
            }
            other => self.rare_statement(other),
        }
    }

    fn rare_statement(&mut self, statement: &Stmt<'a>) {
        match statement {
            Stmt::AutoEscape(escape) => {
                self.expression(&escape.enabled);
                self.statements(&escape.body);
            }
            Stmt::FilterBlock(block) => {
                self.expression(&block.filter);
                self.statements(&block.body);
            }
            Stmt::Block(block) => self.nested(&block.body),
            Stmt::Import(import) => {
                self.expression(&import.expr);
                self.define(&import.name);
            }
            Stmt::FromImport(import) => {
                self.expression(&import.expr);
                for (name, alias) in &import.names {
                    self.define(alias.as_ref().unwrap_or(name));
                }
            }
            Stmt::Extends(extends) => self.expression(&extends.name),
            Stmt::Include(include) => self.expression(&include.name),
            Stmt::Macro(declared) => {
                self.define_name(declared.name);
                self.declaration(declared);
            }
            Stmt::CallBlock(block) => {
                self.call(&block.call);
                self.declaration(&block.macro_decl);
            }
            Stmt::Do(action) => self.call(&action.call),
            _ => {}
        }
    }

    fn statements(&mut self, statements: &[Stmt<'a>]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn nested(&mut self, statements: &[Stmt<'a>]) {
        self.locals.push(Vec::new());
        self.statements(statements);
        self.locals.pop();
    }

    fn declaration(&mut self, declared: &Macro<'a>) {
        self.locals.push(Vec::new());
        declared.args.iter().for_each(|argument| self.define(argument));
        declared.defaults.iter().for_each(|default| self.expression(default));
        self.statements(&declared.body);
        self.locals.pop();
    }

    fn define(&mut self, target: &Expr<'a>) {
        match target {
            Expr::Var(variable) => self.define_name(variable.id),
            Expr::List(list) => list.items.iter().for_each(|item| self.define(item)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.define(item)),
            _ => {}
        }
    }

    fn define_name(&mut self, name: &'a str) {
        if let Some(block) = self.locals.last_mut() {
            block.push(name);
        }
    }

    fn is_local(&self, name: &str) -> bool {
        SPECIAL.contains(&name) || self.locals.iter().any(|block| block.contains(&name))
    }

    fn expression(&mut self, expression: &Expr<'a>) {
        if let Expr::Var(_) | Expr::GetAttr(_) | Expr::GetItem(_) = expression {
            return self.path(expression);
        }
        self.whole = false;
        match expression {
            Expr::Const(_) | Expr::Var(_) | Expr::GetAttr(_) | Expr::GetItem(_) => {}
            Expr::Slice(slice) => {
                self.expression(&slice.expr);
                [&slice.start, &slice.stop, &slice.step]
                    .into_iter()
                    .flatten()
                    .for_each(|bound| self.expression(bound));
            }
            Expr::UnaryOp(unary) => self.expression(&unary.expr),
            Expr::BinOp(binary) => {
                self.expression(&binary.left);
                self.expression(&binary.right);
            }
            Expr::Compare(compare) => {
                self.expression(&compare.expr);
                compare.ops.iter().for_each(|operand| self.expression(&operand.expr));
            }
            Expr::IfExpr(choice) => {
                self.expression(&choice.test_expr);
                self.expression(&choice.true_expr);
                choice.false_expr.iter().for_each(|other| self.expression(other));
            }
            Expr::Filter(filter) => self.filter(filter, range(expression.span())),
            Expr::Test(test) => self.test(test, range(expression.span())),
            Expr::Call(call) => self.call(call),
            Expr::List(list) => list.items.iter().for_each(|item| self.expression(item)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.expression(item)),
            Expr::Map(map) => map.keys.iter().chain(&map.values).for_each(|item| self.expression(item)),
        }
    }

    fn filter(&mut self, filter: &Filter<'a>, span: Range<usize>) {
        self.known(UnknownKind::Filter, filter.name, &span, &FILTERS);
        let guards = u32::from(matches!(filter.name, "default" | "d"));
        self.guards += guards;
        filter.expr.iter().for_each(|input| self.expression(input));
        self.guards -= guards;
        self.arguments(&filter.args);
    }

    fn test(&mut self, test: &Test<'a>, span: Range<usize>) {
        self.known(UnknownKind::Test, test.name, &span, &TESTS);
        let tested = matches!(test.name, "defined" | "undefined");
        self.guards += u32::from(tested);
        let before = self.references.len();
        self.expression(&test.expr);
        self.guards -= u32::from(tested);
        if tested && let Some(reference) = self.references.get(before) {
            let names = (0..reference.path.len()).map_while(|index| reference.name(index));
            self.tested.push(names.map(str::to_owned).collect());
        }
        self.arguments(&test.args);
    }

    fn call(&mut self, call: &Call<'a>) {
        match call.identify_call() {
            CallType::Function(name) => {
                if !self.is_local(name) {
                    let start = range(call.expr.span()).start;
                    self.known(UnknownKind::Function, name, &(start..start + name.len()), &FUNCTIONS);
                }
            }
            CallType::Method(object, _) | CallType::Object(object) => self.expression(object),
            CallType::Block(_) => {}
        }
        self.arguments(&call.args);
    }

    fn arguments(&mut self, arguments: &[CallArg<'a>]) {
        for argument in arguments {
            match argument {
                CallArg::Pos(value)
                | CallArg::Kwarg(_, value)
                | CallArg::PosSplat(value)
                | CallArg::KwargSplat(value) => self.expression(value),
            }
        }
    }

    /// Reports a name that minijinja does not have. The span of a filter or test covers what it is applied to and
    /// its arguments, so the name is at a place only the text tells; the caller narrows it.
    fn known(&mut self, kind: UnknownKind, name: &str, span: &Range<usize>, known: &'static [&'static str]) {
        if !known.contains(&name) {
            let near = nearest_static(name, known);
            self.unknown.push(Unknown { kind, name: name.to_owned(), span: span.clone(), near });
        }
    }

    fn path(&mut self, expression: &Expr<'a>) {
        let whole = std::mem::take(&mut self.whole);
        let mut parts = Vec::new();
        let mut current = expression;
        let root = loop {
            match current {
                Expr::Var(variable) => break variable.id,
                Expr::GetAttr(attribute) => {
                    let end = range(attribute.span()).end;
                    let name = PartName::Name(attribute.name.to_owned());
                    parts.push(Part { name, span: end - attribute.name.len()..end });
                    current = &attribute.expr;
                }
                Expr::GetItem(item) => {
                    let (name, span) = self.subscript(&item.subscript_expr);
                    parts.push(Part { name, span });
                    current = &item.expr;
                }
                other => return self.expression(other),
            }
        };
        if self.is_local(root) {
            return;
        }
        let span = range(current.span());
        // The span of a chain of lookups starts at its last one.
        let whole_span = span.start..range(expression.span()).end;
        parts.push(Part { name: PartName::Name(root.to_owned()), span });
        parts.reverse();
        self.references.push(Reference {
            path: parts,
            span: whole_span,
            guarded: self.guards > 0,
            raw: self.raw,
            whole,
        });
    }

    fn subscript(&mut self, subscript: &Expr<'a>) -> (PartName, Range<usize>) {
        let span = range(subscript.span());
        if let Expr::Const(constant) = subscript {
            if let Some(name) = constant.value.as_str() {
                return (PartName::Name(name.to_owned()), span);
            }
            if let Some(index) = constant.value.as_i64() {
                return (PartName::Index(index), span);
            }
        }
        self.expression(subscript);
        (PartName::Dynamic, span)
    }
}
