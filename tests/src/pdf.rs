//! What a PDF says: to a reader, to a screen reader, and to who asks what it is.

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Dict, Name, Object, Stream, String as Text};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
    PathDrawMode, SoftMask, interpret_page,
};
use kurbo::{Affine, BezPath, Rect};

/// The text of every page, one after the other: every letter that is drawn, in figures too.
///
/// Shape: a new line wherever a letter does not stand beside the one before.
pub fn text(bytes: &[u8]) -> String {
    let pdf = Pdf::new(bytes.to_vec()).expect("a PDF");
    let cache = InterpreterCache::new();
    let mut reader = Reader {
        text: String::new(),
        last: (0.0, 0.0),
    };
    for page in pdf.pages().iter() {
        let bounds = Rect::new(0.0, 0.0, 10_000.0, 10_000.0);
        let settings = InterpreterSettings::default();
        let mut context = Context::new(Affine::IDENTITY, bounds, &cache, pdf.xref(), settings);
        interpret_page(page, &mut context, &mut reader);
        reader.text.push('\n');
    }
    reader.text
}

struct Reader {
    text: String,
    last: (f64, f64),
}

impl<'a> Device<'a> for Reader {
    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'a>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}

    fn draw_glyph(&mut self, glyph: &Glyph<'a>, place: Affine, own: Affine, _: &Paint<'a>, _: &GlyphDrawMode) {
        let at = (place * own).translation();
        let (right, up) = (at.x - self.last.0, at.y - self.last.1);
        self.last = (at.x, at.y);
        if up.abs() > 0.5 || !(0.0..=20.0).contains(&right) {
            self.text.push('\n');
        }
        match glyph.as_unicode() {
            Some(BfString::Char(letter)) => self.text.push(letter),
            Some(BfString::String(letters)) => self.text.push_str(&letters),
            // A letter that cannot be told is one that nobody can select or hear.
            None => self.text.push('\u{fffd}'),
        }
    }
}

/// What a PDF lacks of what PDF/UA-1 asks and a program can see: marked, language, title, what it claims to be, a text
/// for every figure, headings and heads of tables, and every typeface within the file with the letters it stands for.
pub fn faults(bytes: &[u8]) -> Vec<String> {
    let pdf = Pdf::new(bytes.to_vec()).expect("a PDF");
    let mut faults = Vec::new();
    let mut lacks = |holds: bool, what: &str| {
        if !holds {
            faults.push(what.to_owned());
        }
    };
    let root: Dict<'_> = pdf.xref().get(pdf.xref().root_id()).expect("a catalogue");
    let marked = root
        .get::<Dict<'_>>("MarkInfo")
        .and_then(|own| own.get::<bool>("Marked"));
    lacks(marked == Some(true), "MarkInfo says that it is not tagged");
    let language = root.get::<Text<'_>>("Lang").map(|own| own.as_bytes().to_vec());
    lacks(language.is_some_and(|own| own.len() >= 2), "no language");
    let shows = root.get::<Dict<'_>>("ViewerPreferences");
    lacks(
        shows.and_then(|own| own.get::<bool>("DisplayDocTitle")) == Some(true),
        "the window does not show the title",
    );
    let packet = root
        .get::<Stream<'_>>("Metadata")
        .and_then(|own| own.decoded().ok().map(|own| own.to_vec()));
    let packet = String::from_utf8_lossy(&packet.unwrap_or_default()).into_owned();
    lacks(
        packet.contains("pdfuaid:part>1<"),
        "it does not say that it is PDF/UA-1",
    );
    lacks(packet.contains("<dc:title>"), "no title");
    lacks(root.get::<Dict<'_>>("StructTreeRoot").is_some(), "no tree of tags");
    let (mut headings, mut heads, mut figures, mut fonts) = (0, 0, 0, 0);
    for object in pdf.objects() {
        let Object::Dict(own) = object else { continue };
        let kind = |key: &str| {
            own.get::<Name<'_>>(key)
                .map(|name| name.as_str().to_owned())
                .unwrap_or_default()
        };
        match kind("S").as_str() {
            "H1" | "H2" => headings += 1,
            "TH" => heads += 1,
            "Figure" => {
                figures += 1;
                let alt = own.get::<Text<'_>>("Alt").map(|own| own.as_bytes().to_vec());
                // A UTF-16 text begins with its mark: two bytes a letter.
                lacks(alt.is_some_and(|own| own.len() > 20), "a figure without a text");
            }
            _ => {}
        }
        if kind("Type") == "FontDescriptor" {
            fonts += 1;
            let inside = ["FontFile", "FontFile2", "FontFile3"]
                .iter()
                .any(|key| own.contains_key(key));
            lacks(inside, "a typeface that is not in the file");
        }
        if kind("Subtype") == "Type0" {
            lacks(own.contains_key("ToUnicode"), "a typeface whose letters cannot be told");
        }
        if kind("Type") == "Page" {
            lacks(kind("Tabs") == "S", "a page whose order is not that of its tags");
        }
    }
    lacks(headings > 0, "no heading");
    lacks(heads > 0, "no head of a table");
    lacks(figures > 0, "no figure");
    lacks(fonts > 0, "no typeface");
    faults
}
