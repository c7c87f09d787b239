//! Valid numbers for tests, from their first eleven digits.

use fugo::MyNumber;

/// The number whose first eleven digits are `body`, which is at least 1.
pub(crate) fn number(body: u64) -> MyNumber {
    let body = format!("{body:011}");
    let check = MyNumber::check_digit(&body).expect("eleven digits");
    MyNumber::parse(format!("{body}{check}")).expect("a valid number")
}
