//! Any bytes as a chunk: no panic, no endless work, and a narrow reading says what the full one says.
#![no_main]

use std::collections::HashSet;

use huntsql_evtx::{ChunkReader, Column, Item, Projection};
use libfuzzer_sys::fuzz_target;

const SOME: [Column; 3] = [Column::Time, Column::Computer, Column::EventId];
const FIELDS: [&str; 3] = ["CommandLine", "PARAM2", "a.b"];

/// Columns, data and asked fields of each record, and whether it is whole.
type Row = (bool, Vec<Option<String>>, Vec<(String, String)>, Vec<Option<String>>);

fn read(chunk: &[u8], projection: Projection) -> Vec<Row> {
    let fields = projection.field_names().len();
    let mut reader = ChunkReader::new(projection);
    reader.buffer().extend_from_slice(chunk);
    reader.start(4096);
    let mut rows = Vec::new();
    let mut items = 0;
    while let Some(item) = reader.next() {
        items += 1;
        // A record takes 28 bytes, and each damage at least one.
        assert!(items <= chunk.len() + 4);
        let Item::Record(record) = item else { continue };
        let column = |column: &Column| match column.is_number() {
            true => record.number(*column).map(|number| number.to_string()),
            false => record.text(*column).map(str::to_owned),
        };
        let data: Vec<_> = record.event_data().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert_eq!(data.iter().map(|(name, _)| name).collect::<HashSet<_>>().len(), data.len(), "a name comes twice: {data:?}");
        assert!(data.iter().map(|(_, value)| value.len()).sum::<usize>() <= 1 << 21);
        let fields = (0..fields).map(|at| record.field(at).map(str::to_owned)).collect();
        rows.push((record.damage().is_none(), SOME.iter().map(column).collect(), data, fields));
    }
    rows
}

fuzz_target!(|bytes: &[u8]| {
    // Half of the inputs are records only: a header that lets them in is put before them.
    let chunk = match bytes.split_first() {
        Some((0..128, records)) => {
            let mut chunk = vec![0; 512];
            chunk[..8].copy_from_slice(b"ElfChnk\0");
            chunk[32..40].copy_from_slice(&u64::MAX.to_le_bytes());
            chunk[48..52].copy_from_slice(&u32::MAX.to_le_bytes());
            chunk[120] = 4;
            chunk.extend_from_slice(records);
            chunk
        }
        Some((_, chunk)) => chunk.to_vec(),
        None => return,
    };
    let all = read(&chunk, Projection::all().fields(FIELDS));
    let some = read(&chunk, Projection::default().columns(&SOME).fields(FIELDS));
    assert_eq!(all.len(), some.len());
    for ((whole, columns, _, fields), (_, some_columns, data, some_fields)) in all.iter().zip(&some) {
        assert!(data.is_empty());
        if *whole {
            assert_eq!((columns, fields), (some_columns, some_fields));
        }
    }
});
