//! Where the expressions are that mutants change, in bytes of the source.

use std::{collections::HashMap, ops::Range};

use syn::{
    Arm, Expr, ExprBinary, ExprUnary, File,
    spanned::Spanned,
    visit::{self, Visit},
};

use super::Position;

/// Converts lines and columns to bytes.
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let starts = [0].into_iter().chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// Columns count characters.
    pub(crate) fn byte(&self, at: Position) -> usize {
        let start = self.starts[at.line - 1];
        let line = &self.text[start..];
        line.char_indices().nth(at.column - 1).map_or(self.text.len(), |(byte, _)| start + byte)
    }
}

pub(crate) struct Binary {
    pub(crate) all: Range<usize>,
    pub(crate) operator: Range<usize>,
}

pub(crate) struct ArmSite {
    pub(crate) pattern_end: usize,
    /// Where the guard begins, after `if`.
    pub(crate) guard: Option<usize>,
}

/// By the position that a list of mutants gives: that of an operator, of a guard, or of an arm.
#[derive(Default)]
pub(crate) struct Sites {
    pub(crate) binary: HashMap<Position, Binary>,
    pub(crate) unary: HashMap<Position, Range<usize>>,
    pub(crate) guards: HashMap<Position, Range<usize>>,
    pub(crate) arms: HashMap<Position, ArmSite>,
}

impl Sites {
    pub(crate) fn of(file: &File, lines: &Lines<'_>) -> Self {
        let mut finder = Finder { lines, sites: Self::default() };
        finder.visit_file(file);
        finder.sites
    }
}

struct Finder<'a> {
    lines: &'a Lines<'a>,
    sites: Sites,
}

impl Finder<'_> {
    fn range(&self, of: &impl Spanned) -> Range<usize> {
        let span = of.span();
        self.lines.byte(position(span.start()))..self.lines.byte(position(span.end()))
    }
}

fn position(at: proc_macro2::LineColumn) -> Position {
    Position { line: at.line, column: at.column + 1 }
}

fn start(of: &impl Spanned) -> Position {
    position(of.span().start())
}

/// A condition with `let` binds names for what follows, and stays where it is.
fn has_let(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(ExprBinary { left, right, .. }) => has_let(left) || has_let(right),
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_expr_binary(&mut self, found: &'ast ExprBinary) {
        if !has_let(&found.left) && !has_let(&found.right) {
            let all = self.range(&found.left).start..self.range(&found.right).end;
            let operator = self.range(&found.op);
            self.sites.binary.insert(start(&found.op), Binary { all, operator });
        }
        visit::visit_expr_binary(self, found);
    }

    fn visit_expr_unary(&mut self, found: &'ast ExprUnary) {
        let all = self.range(&found.op).start..self.range(&found.expr).end;
        self.sites.unary.insert(start(&found.op), all);
        visit::visit_expr_unary(self, found);
    }

    fn visit_arm(&mut self, found: &'ast Arm) {
        let guard = found.guard.as_ref().map(|(_, guard)| guard);
        if let Some(guard) = guard.filter(|guard| !has_let(guard)) {
            self.sites.guards.insert(start(guard), self.range(guard));
        }
        if !guard.is_some_and(|guard| has_let(guard)) {
            let site =
                ArmSite { pattern_end: self.range(&found.pat).end, guard: guard.map(|guard| self.range(guard).start) };
            self.sites.arms.insert(found.attrs.first().map_or_else(|| start(&found.pat), start), site);
        }
        visit::visit_arm(self, found);
    }
}
