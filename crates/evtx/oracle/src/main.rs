//! CPU time of both readers over files: `cargo run --release -- FILE...`. Each is given 200 MB, by reading the file again and again.

use huntsql_evtx::{ChunkReader, Column, EvtxFile, Item, Projection};

/// What an engine does with a record: every value goes to the end of its column.
fn read(data: &[u8], reader: &mut ChunkReader, columns: &mut [String; 20]) -> usize {
    let mut file = EvtxFile::open(std::io::Cursor::new(data)).expect("an EVTX file");
    let mut records = 0;
    for chunk in 0..file.layout().chunks() {
        let offset = file.read_chunk(chunk, reader.buffer()).expect("in memory");
        reader.start(offset);
        columns.iter_mut().for_each(String::clear);
        let mut numbers = Vec::with_capacity(4096);
        while let Some(item) = reader.next() {
            let Item::Record(record) = item else { continue };
            records += 1;
            for column in Column::ALL {
                if column.is_number() {
                    numbers.push(record.number(column));
                } else if let Some(text) = record.text(column) {
                    columns[column as usize].push_str(text);
                }
            }
            for (name, value) in record.event_data() {
                columns[16].push_str(name);
                columns[17].push_str(value);
            }
            if let Some(text) = record.field(0) {
                columns[18].push_str(text);
            }
        }
        std::hint::black_box(&numbers);
    }
    records
}

/// CPU time of this thread: what else runs on the machine does not count.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    text.split(' ').next().and_then(|field| field.parse::<f64>().ok()).expect("nanoseconds") / 1e9
}

fn main() {
    let five = [Column::Time, Column::Computer, Column::EventId, Column::RecordId];
    for path in std::env::args().skip(1) {
        let data = std::fs::read(&path).expect("a file");
        let rounds = 200_000_000_usize.div_ceil(data.len());
        let rate = |since: f64| rounds as f64 * data.len() as f64 / 1e6 / (cpu_seconds() - since);
        let settings = || evtx::ParserSettings::new().indent(false).num_threads(1);
        let crate_parser = || evtx::EvtxParser::from_buffer(data.clone()).expect("an EVTX file").with_configuration(settings());
        let mut columns: [String; 20] = Default::default();

        let start = cpu_seconds();
        for _ in 0..rounds {
            std::hint::black_box(crate_parser().records_json_bytes().filter_map(Result::ok).map(|record| record.data.len()).sum::<usize>());
        }
        let json = rate(start);
        let start = cpu_seconds();
        for _ in 0..rounds {
            std::hint::black_box(crate_parser().chunks_json_bytes(false).map(|chunk| chunk.records().count()).sum::<usize>());
        }
        let dump = rate(start);
        let measure = |projection: Projection, columns: &mut [String; 20]| {
            let mut reader = ChunkReader::new(projection);
            let start = cpu_seconds();
            let mut records = 0;
            for _ in 0..rounds {
                records = read(&data, &mut reader, columns);
            }
            (rate(start), records)
        };
        let (all, records) = measure(Projection::all(), &mut columns);
        let (some, _) = measure(Projection::default().columns(&five).columns(&[Column::Provider]), &mut columns);
        let (field, _) = measure(Projection::default().columns(&five).fields(["TargetUserName"]), &mut columns);
        let name = path.rsplit('/').next().unwrap_or(&path);
        println!(
            "{name:45} {records:5} records, MB/s: evtx records_json {json:5.0} chunks_json {dump:5.0}; ours all {all:5.0}, 5 columns {some:5.0}, 4 and a field {field:5.0}"
        );
    }
}
