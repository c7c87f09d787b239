//! One file for each question; together one program, which links once.

mod binary;
mod eligibility;
mod faults;
mod field;
mod integers;
mod lineage;
/// A key, texts of numbers, and the scalar answer that every column is held against.
mod scalar;
mod secrecy;
mod text;
mod types;
mod vectors;
