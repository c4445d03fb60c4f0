//! One page with one line, as a PDF.

/// The page. The line must be plain, without parentheses and backslashes.
pub(in crate::junction) fn page(line: &str) -> Vec<u8> {
    let text = format!("BT /F1 18 Tf 72 720 Td ({line}) Tj ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_owned(),
        format!("<</Length {}>>stream\n{text}\nendstream", text.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let mut parts = vec!["%PDF-1.4\n".to_owned()];
    let mut places = Vec::new();
    let mut table = parts.iter().map(String::len).sum::<usize>();
    for (number, object) in (1..).zip(&objects) {
        places.push(table);
        let part = format!("{number} 0 obj\n{object}\nendobj\n");
        table += part.len();
        parts.push(part);
    }
    let entries = places.iter().map(|place| format!("{place:010} 00000 n \n"));
    let entries: String = entries.collect();
    let count = objects.len() + 1;
    let end = format!("trailer\n<</Size {count}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");
    parts.push(format!("xref\n0 {count}\n0000000000 65535 f \n{entries}"));
    parts.push(end);
    parts.concat().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_is_where_the_table_says() {
        let pdf = String::from_utf8(page("Results")).unwrap();
        let (_, table) = pdf.rsplit_once("xref\n0 6\n").unwrap();
        for (number, entry) in table.lines().take(6).enumerate().skip(1) {
            let place: usize = entry.split(' ').next().unwrap().parse().unwrap();
            let object = pdf.get(place..).unwrap();
            assert!(object.starts_with(&format!("{number} 0 obj\n")), "{number}");
        }
    }
}
