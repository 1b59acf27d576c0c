//! Numbers in sentences.

/// A number with a comma between thousands.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut said = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said
}

/// A number of things: `1 row`, `2,000 rows`.
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// Rows in a sentence, with the verb that follows: `1 row is`, `2,000 rows are`.
pub(super) fn rows_are(number: usize) -> String {
    format!("{} {}", counted(number, "row", "rows"), if number == 1 { "is" } else { "are" })
}

/// Rows in a sentence, with the verb that follows: `1 row has`, `2,000 rows have`.
pub(crate) fn rows_have(number: usize) -> String {
    format!("{} {}", counted(number, "row", "rows"), if number == 1 { "has" } else { "have" })
}

/// Rows in a sentence, with the verb that follows: `1 row leads`, `2,000 rows lead`.
pub(super) fn rows_lead(number: usize) -> String {
    format!("{} {}", counted(number, "row", "rows"), if number == 1 { "leads" } else { "lead" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_divided() {
        for (number, said) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), said);
        }
        assert_eq!(counted(1, "row", "rows"), "1 row");
        assert_eq!(rows_have(2), "2 rows have");
    }
}
