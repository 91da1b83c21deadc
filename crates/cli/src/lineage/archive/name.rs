//! Names of files that come from elsewhere, judged as names before any path is made of them.

/// Whether a name leads to a file inside the folder that it is joined to, on any system.
///
/// Method: the parts between slashes are compared as text. Joining first and looking at the path afterwards forgives
/// doubled slashes, and an absolute name replaces the folder.
pub(crate) fn is_inside(name: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && !part.contains(['\\', ':'])
            && !part.contains(char::is_control)
    };
    name.split('/').all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::is_inside;

    #[test]
    fn only_names_below_the_folder_pass() {
        for name in ["study/nulmeting.toml", "raw/2024/a b.csv", "..a/b..", "é.csv"] {
            assert!(is_inside(name), "{name}");
        }
        for name in [
            "",
            "/etc/passwd",
            "../up",
            "a/../../up",
            "a//b",
            "//a",
            "a/",
            "./a",
            "C:/a",
            "a\\..\\b",
            "a\0b",
            "..",
        ] {
            assert!(!is_inside(name), "{name:?}");
        }
    }
}
