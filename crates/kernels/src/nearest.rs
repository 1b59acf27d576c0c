//! "Did you mean": the nearest of a list of known names.

/// The known name closest to `name`, if one is close enough to be a likely slip.
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let wanted = name.to_lowercase();
    let allowed = (wanted.chars().count() / 3).clamp(1, 4);
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= allowed || is_part(&wanted, &candidate.to_lowercase()))
        .min_by_key(|(distance, candidate)| (*distance, *candidate))
        .map(|(_, candidate)| candidate)
}

/// One is a beginning or an end of the other: `extract_ioc`, `iocs`.
fn is_part(wanted: &str, candidate: &str) -> bool {
    let (short, long) = if wanted.len() < candidate.len() { (wanted, candidate) } else { (candidate, wanted) };
    (short.len() >= 3 && long.starts_with(short)) || (short.len() >= 4 && long.ends_with(short))
}

/// `, did you mean 'x'?`, or nothing where no known name is near.
pub fn hint<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(name, known).map_or_else(String::new, |near| format!(", did you mean '{near}'?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_not_strangers() {
        let known = ["types", "refang", "private", "allow_list"];
        assert_eq!(nearest("type", known), Some("types"));
        assert_eq!(nearest("REFNAG", known), Some("refang"));
        assert_eq!(nearest("typ", known), Some("types"));
        assert_eq!(nearest("allow", known), Some("allow_list"));
        assert_eq!(nearest("depth", known), None);
        assert_eq!(nearest("", known), None);
    }
}
