//! The parts of an XLSX or XLSB package: which part is the workbook, which parts it refers to, and a copy of them.

use crate::container::package::{Package, Xml, attribute, damaged};
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;
use quick_xml::events::Event;
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A sheet as the workbook lists it.
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) hidden: bool,
    /// Key of the relation to its part.
    pub(super) relation: String,
}

/// Relations of a part: key to kind and target within the package. Targets outside the package are left out.
pub(super) struct Relations(BTreeMap<String, (String, String)>);

impl Relations {
    /// The target of the first relation of a kind.
    pub(super) fn of_kind(&self, kind: &str) -> Option<&str> {
        let of_kind = self.0.values().find(|(written, _)| written.ends_with(kind));
        of_kind.map(|(_, target)| target.as_str())
    }

    /// The part of a sheet with cells; absent for charts and macros.
    ///
    /// Errors: a sheet that refers to no part.
    pub(super) fn worksheet(&self, sheet: &Listed, place: &str) -> Result<Option<&str>, Error> {
        let (kind, target) = self
            .0
            .get(&sheet.relation)
            .ok_or_else(|| damaged(place, format_args!("sheet `{}` is not in the file", sheet.name)))?;
        Ok(kind.ends_with("/worksheet").then_some(target.as_str()))
    }
}

/// The name of the part with the workbook: the one that the package says, or else the usual one.
pub(super) fn main(package: &mut Package<'_>, usual: &str, limits: &Limits, place: &str) -> Result<String, Error> {
    let related = listed(package, "_rels/.rels", "", limits, place)?;
    Ok(related.of_kind("/officeDocument").unwrap_or(usual).to_owned())
}

/// The relations of a part.
pub(super) fn relations(
    package: &mut Package<'_>,
    part: &str,
    limits: &Limits,
    place: &str,
) -> Result<Relations, Error> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let list = if folder.is_empty() {
        format!("_rels/{file}.rels")
    } else {
        format!("{folder}/_rels/{file}.rels")
    };
    listed(package, &list, folder, limits, place)
}

fn listed(
    package: &mut Package<'_>,
    list: &str,
    folder: &str,
    limits: &Limits,
    place: &str,
) -> Result<Relations, Error> {
    let mut relations = BTreeMap::new();
    let Some(text) = package.text(list)? else {
        return Ok(Relations(relations));
    };
    let mut xml = Xml::new(&text, limits, place);
    while let Some(event) = xml.event()? {
        let Event::Start(element) = event else { continue };
        let value = |name: &str| attribute(&element, name).map(|text| text.into_owned());
        if element.local_name().as_ref() != "Relationship" || value("TargetMode").as_deref() == Some("External") {
            continue;
        }
        if let (Some(id), Some(kind), Some(target)) = (value("Id"), value("Type"), value("Target")) {
            relations.insert(id, (kind, within(folder, &target)));
        }
    }
    Ok(Relations(relations))
}

/// A target as the name of a part; steps out of the package end at its root.
fn within(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = if target.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').collect()
    };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

/// A package in memory, its parts unpacked.
pub(super) struct Copy(ZipWriter<Cursor<Vec<u8>>>);

impl Default for Copy {
    fn default() -> Self {
        Self(ZipWriter::new(Cursor::new(Vec::new())))
    }
}

impl Copy {
    pub(super) fn put(&mut self, name: &str, content: &[u8]) {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        self.0.start_file(name, stored).expect("the names of the copy differ");
        self.0
            .write_all(content)
            .expect("memory takes every part that the limits let through");
    }

    pub(super) fn finished(self) -> Vec<u8> {
        let copy = self.0.finish();
        copy.expect("memory takes every part that the limits let through")
            .into_inner()
    }
}
