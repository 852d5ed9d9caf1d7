//! Pictures without what they tell beside themselves: where and when they were taken, with which device, by whom.
//!
//! What is shown stays as it was, bit by bit: nothing is decoded. Only parts that are needed to show a picture are kept,
//! so a kind of metadata nobody has heard of yet goes too.

use img_parts::jpeg::{Jpeg, markers};
use img_parts::png::Png;
use img_parts::webp::{self, WebP};
use img_parts::{Bytes, ImageEXIF};

/// The picture alone; files that are no pictures stay what they are. `None` for a picture that is broken.
pub(crate) fn bare(content_type: &str, bytes: Vec<u8>) -> Option<Vec<u8>> {
    match content_type {
        "image/jpeg" => jpeg(bytes.into()),
        "image/png" => png(bytes.into()),
        "image/webp" => webp(bytes.into()),
        _ => Some(bytes),
    }
}

/// Which way up a JPEG is, stands in its metadata; that one number is kept, or photos of telephones would lie on a side.
fn jpeg(bytes: Bytes) -> Option<Vec<u8>> {
    let mut image = Jpeg::from_bytes(bytes).ok()?;
    let turned = image.exif().and_then(|exif| orientation(&exif));
    image.segments_mut().retain(|segment| belongs(segment.marker(), segment.contents()));
    if let Some(turned) = turned {
        image.set_exif(Some(turned_by(turned)));
    }
    let head = 2 + image.segments().iter().map(|segment| segment.len()).sum::<usize>();
    let bytes = image.encoder().bytes();
    let (head, rest) = bytes.split_at_checked(head)?;
    Some([head, &scans(rest)].concat())
}

/// Is this part of a JPEG needed to show it?
fn belongs(marker: u8, contents: &[u8]) -> bool {
    match marker {
        // A longer one holds a small copy of the picture.
        markers::APP0 => contents.starts_with(b"JFIF\0") && contents.len() <= 14,
        markers::APP2 => contents.starts_with(b"ICC_PROFILE\0"),
        // How the colours are coded.
        markers::APP14 => contents.starts_with(b"Adobe"),
        markers::APP1..=markers::APP15 | markers::COM => false,
        _ => true,
    }
}

/// The compressed rest up to the end of the picture. What cameras hang behind that goes: previews with metadata of their
/// own, films, what an editor changed.
fn scans(mut rest: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(rest.len());
    let is_marker = |pair: &[u8]| match pair {
        [markers::P, kind] => !matches!(*kind, markers::P | markers::Z | markers::RST0..=markers::RST7),
        _ => false,
    };
    loop {
        let Some(at) = rest.windows(2).position(is_marker) else {
            // Cut short: browsers show it as far as it goes.
            kept.extend_from_slice(rest);
            return kept;
        };
        let (data, segment) = rest.split_at(at);
        kept.extend_from_slice(data);
        let (kind, length) = match segment {
            [_, markers::EOI, ..] => {
                kept.extend([markers::P, markers::EOI]);
                return kept;
            }
            [_, kind, high, low, ..] => (*kind, 2 + usize::from(u16::from_be_bytes([*high, *low]))),
            _ => return kept,
        };
        let Some((whole, behind)) = segment.split_at_checked(length) else { return kept };
        if belongs(kind, whole.get(4..).unwrap_or_default()) {
            kept.extend_from_slice(whole);
        }
        rest = behind;
    }
}

/// The orientation an EXIF block tells (TIFF tag 274), unless it is the ordinary one.
fn orientation(exif: &[u8]) -> Option<u16> {
    let little = match exif.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let two = |at: usize| -> Option<u16> {
        let bytes = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let offset: [u8; 4] = exif.get(4..8)?.try_into().ok()?;
    let table = if little { u32::from_le_bytes(offset) } else { u32::from_be_bytes(offset) };
    let table = usize::try_from(table).ok()?;
    let entries = (0..usize::from(two(table)?)).map(|n| table + 2 + 12 * n);
    let entry = entries.into_iter().find(|at| two(*at) == Some(274))?;
    two(entry + 8).filter(|turned| (2..=8).contains(turned))
}

/// An EXIF block that tells nothing but the orientation.
fn turned_by(orientation: u16) -> Bytes {
    let [high, low] = orientation.to_be_bytes();
    let header = *b"MM\0*\0\0\0\x08";
    // One entry: tag 274, a 16-bit number, one of them.
    let table = [0, 1, 1, 18, 0, 3, 0, 0, 0, 1, high, low, 0, 0, 0, 0, 0, 0];
    Bytes::from([header.as_slice(), &table].concat())
}

/// What a PNG needs to be shown: its pixels, colours, density and, if it moves, its frames.
const PNG_PARTS: [&[u8; 4]; 17] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"bKGD",
    b"pHYs", b"acTL", b"fcTL", b"fdAT", b"mDCV",
];

fn png(bytes: Bytes) -> Option<Vec<u8>> {
    let mut image = Png::from_bytes(bytes).ok()?;
    image.chunks_mut().retain(|chunk| PNG_PARTS.contains(&&chunk.kind()));
    Some(image.encoder().bytes().to_vec())
}

const WEBP_PARTS: [[u8; 4]; 7] = [
    webp::CHUNK_VP8,
    webp::CHUNK_VP8L,
    webp::CHUNK_VP8X,
    webp::CHUNK_ALPH,
    webp::CHUNK_ANIM,
    webp::CHUNK_ANMF,
    webp::CHUNK_ICCP,
];

fn webp(bytes: Bytes) -> Option<Vec<u8>> {
    let mut image = WebP::from_bytes(bytes).ok()?;
    image.chunks_mut().retain(|chunk| WEBP_PARTS.contains(&chunk.id()));
    // Corrects what the header says is in the file.
    image.set_exif(None);
    Some(image.encoder().bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, contents: &[u8]) -> Vec<u8> {
        let length = u16::try_from(contents.len() + 2).unwrap().to_be_bytes();
        [&[markers::P, marker], length.as_slice(), contents].concat()
    }

    /// An EXIF block in Intel's byte order with an orientation and a place.
    fn exif(orientation: u8) -> Vec<u8> {
        let mut block = b"Exif\0\0II*\0\x08\0\0\0\x02\0".to_vec();
        block.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
        block.extend([0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0]);
        block.extend(b"\0\0\0\0GPSLatitude 34.6037 S");
        block
    }

    fn photo(orientation: u8) -> Vec<u8> {
        let scan = b"\xff\xda\0\x03\x01pixels\xff\0more\xff\xd0pixels";
        let late = segment(markers::COM, b"GPS between the scans");
        let behind = [b"\xff\xd8".as_slice(), &segment(markers::APP1, &exif(1)), b"\xff\xd9"].concat();
        [
            b"\xff\xd8".to_vec(),
            segment(markers::APP0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"),
            segment(markers::APP1, &exif(orientation)),
            segment(markers::APP1, b"http://ns.adobe.com/xap/1.0/\0GPS in XMP"),
            segment(markers::APP2, b"ICC_PROFILE\0\x01\x01colours"),
            segment(markers::APP13, b"Photoshop 3.0\0GPS in IPTC"),
            segment(markers::COM, b"GPS in a comment"),
            segment(markers::DQT, b"table"),
            scan.to_vec(),
            late,
            b"\xff\xda\0\x03\x01last scan\xff\xd9".to_vec(),
            behind,
        ]
        .concat()
    }

    fn holds(bytes: &[u8], what: &[u8]) -> bool {
        bytes.windows(what.len()).any(|window| window == what)
    }

    #[test]
    fn a_photo_loses_its_place_and_keeps_picture_colours_and_orientation() {
        let photo = photo(6);
        assert!(holds(&photo, b"GPSLatitude"));
        let bare = bare("image/jpeg", photo).unwrap();
        for trace in [b"GPS".as_slice(), b"Photoshop", b"adobe"] {
            assert!(!holds(&bare, trace), "{}", String::from_utf8_lossy(trace));
        }
        for part in [b"JFIF".as_slice(), b"ICC_PROFILE", b"table", b"pixels\xff\0more\xff\xd0pixels", b"last scan"] {
            assert!(holds(&bare, part), "{} is lost", String::from_utf8_lossy(part));
        }
        assert!(bare.starts_with(b"\xff\xd8\xff") && bare.ends_with(b"last scan\xff\xd9"));
        let kept = Jpeg::from_bytes(bare.into()).unwrap().exif().unwrap();
        assert_eq!(orientation(&kept), Some(6));
    }

    #[test]
    fn an_upright_photo_keeps_no_exif_at_all() {
        let bare = bare("image/jpeg", photo(1)).unwrap();
        assert!(!holds(&bare, b"Exif"));
        let again = super::bare("image/jpeg", bare.clone()).unwrap();
        assert_eq!(again, bare, "nothing is left to take away");
    }

    fn chunk(kind: [u8; 4], contents: &'static [u8]) -> Vec<u8> {
        img_parts::png::PngChunk::new(kind, Bytes::from_static(contents)).encoder().bytes().to_vec()
    }

    #[test]
    fn a_png_keeps_its_pixels_only() {
        let parts = [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(*b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0"),
            chunk(*b"eXIf", b"MM\0*GPS"),
            chunk(*b"iTXt", b"XML:com.adobe.xmp GPS"),
            chunk(*b"tIME", b"2026"),
            chunk(*b"IDAT", b"pixels"),
            chunk(*b"IEND", b""),
            b"GPS behind the end".to_vec(),
        ];
        let bare = bare("image/png", parts.concat()).unwrap();
        assert!(!holds(&bare, b"GPS") && !holds(&bare, b"tIME"));
        assert_eq!(bare, [parts[0].clone(), parts[1].clone(), parts[5].clone(), parts[6].clone()].concat());
    }

    #[test]
    fn a_webp_loses_exif_and_xmp() {
        let chunk = |id: &[u8; 4], contents: &[u8]| {
            [id.as_slice(), &u32::try_from(contents.len()).unwrap().to_le_bytes(), contents].concat()
        };
        // Flags: EXIF and XMP; a picture of one by one.
        let header = chunk(b"VP8X", &[0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let parts = [
            b"WEBP".to_vec(),
            header,
            chunk(b"VP8L", &[0x2f, 0, 0, 0, 0, 0]),
            chunk(b"EXIF", b"MM\0*GPS!"),
            chunk(b"XMP ", b"GPS too!"),
        ]
        .concat();
        let file = [b"RIFF".as_slice(), &u32::try_from(parts.len()).unwrap().to_le_bytes(), &parts].concat();
        let bare = bare("image/webp", file).unwrap();
        assert!(!holds(&bare, b"GPS") && !holds(&bare, b"EXIF") && !holds(&bare, b"XMP"));
        assert!(bare.starts_with(b"RIFF") && holds(&bare, b"VP8L"));
    }

    #[test]
    fn broken_pictures_are_none_and_other_files_stay() {
        assert_eq!(bare("image/jpeg", b"\xff\xd8\xff\xe1".to_vec()), None);
        assert_eq!(bare("image/png", b"\x89PNG\r\n\x1a\n\0\0\xff".to_vec()), None);
        assert_eq!(bare("image/webp", b"RIFF\xff\xff\0\0WEBP".to_vec()), None);
        assert_eq!(bare("application/pdf", b"%PDF-1.7".to_vec()), Some(b"%PDF-1.7".to_vec()));
    }

    proptest::proptest! {
        #[test]
        fn nothing_uploaded_makes_it_fail(bytes: Vec<u8>, kind in 0_usize..3) {
            let (kind, start): (_, &[u8]) = [
                ("image/jpeg", b"\xff\xd8\xff\xe1\0\x20Exif\0\0II*\0".as_slice()),
                ("image/png", b"\x89PNG\r\n\x1a\n"),
                ("image/webp", b"RIFF\x40\0\0\0WEBPVP8X"),
            ][kind];
            let _ = bare(kind, [start, &bytes].concat());
        }
    }
}
