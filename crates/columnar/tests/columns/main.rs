//! One file for each question, in one program, which links only once.

mod binary;
mod eligibility;
mod faults;
mod field;
mod integers;
mod lineage;
/// A key, texts of numbers, and the scalar results with which every column is compared.
mod scalar;
mod secrecy;
mod text;
mod translation;
mod types;
mod vectors;
