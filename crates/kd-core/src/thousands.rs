/// A whole number with commas between thousands.
///
/// ```
/// assert_eq!(kd_core::thousands(109_482_240), "109,482,240");
/// ```
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups: Vec<&str> = groups
        .map(|group| str::from_utf8(group).expect("digits are ASCII"))
        .collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn commas_stand_between_thousands() {
        let numbers = [0, 999, 1000, 109_482_240].map(thousands);
        assert_eq!(numbers, ["0", "999", "1,000", "109,482,240"]);
    }
}
