//! `cargo bench -p huntsql-evtx`: a made-up log of 8 MB, all of it and a few columns, every value put at the end of its column as an engine
//! does. Beside the crate evtx: `cargo run --release -- FILE...` in crates/evtx/oracle.

use std::hint::black_box;
use std::io::Cursor;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huntsql_evtx::{ChunkReader, Column, EvtxFile, Item, Projection, writer};

fn read(log: &[u8], reader: &mut ChunkReader, texts: &mut [String], numbers: &mut Vec<Option<i64>>) -> usize {
    let Ok(mut file) = EvtxFile::open(Cursor::new(log)) else { return 0 };
    let mut records = 0;
    for chunk in 0..file.layout().chunks() {
        let Ok(offset) = file.read_chunk(chunk, reader.buffer()) else { return 0 };
        reader.start(offset);
        texts.iter_mut().for_each(String::clear);
        numbers.clear();
        while let Some(item) = reader.next() {
            let Item::Record(record) = item else { continue };
            records += 1;
            let [columns @ .., names, values, fields] = &mut *texts else { continue };
            for (column, to) in Column::ALL.into_iter().zip(columns) {
                if column.is_number() {
                    numbers.push(record.number(column));
                } else {
                    to.push_str(record.text(column).unwrap_or_default());
                }
            }
            for (name, value) in record.event_data() {
                names.push_str(name);
                values.push_str(value);
            }
            for at in 0.. {
                let Some(field) = record.field(at) else { break };
                fields.push_str(field);
            }
        }
        black_box((&*texts, &*numbers));
    }
    records
}

fn benches(criterion: &mut Criterion) {
    let log = writer::sample(1, 12_500);
    let four = [Column::Time, Column::Computer, Column::RecordId, Column::EventId];
    let five = [Column::Time, Column::Computer, Column::RecordId, Column::EventId, Column::Channel];
    let cases = [
        ("all columns and the map", Projection::all()),
        ("all columns", Projection::default().columns(&Column::ALL)),
        ("5 columns", Projection::default().columns(&five)),
        ("4 columns and a field", Projection::default().columns(&four).fields(["CommandLine"])),
        ("nothing", Projection::default()),
    ];
    let mut group = criterion.benchmark_group("evtx");
    group.throughput(Throughput::Bytes(log.len() as u64));
    for (name, projection) in cases {
        let mut reader = ChunkReader::new(projection);
        let mut texts = vec![String::new(); 19];
        let mut numbers = Vec::new();
        group.bench_function(name, |bencher| bencher.iter(|| read(&log, &mut reader, &mut texts, &mut numbers)));
    }
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
