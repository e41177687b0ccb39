/**
 * The values of a Parquet column chunk. hyparquet decodes the pages; their headers and runs are checked
 * before, since it believes them, and damaged ones would have it fill memory without end.
 */
import zlib from 'node:zlib';
import { type Compressors, type SchemaTree, snappyUncompress } from 'hyparquet';
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { convert, convertWithDictionary, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js';

type Header = ReturnType<typeof parquetHeader>;
type Decoder = Parameters<typeof readPage>[2];
type Decoded = ReturnType<typeof convert>;

/** Bytes of a page: writers make them of one megabyte or less. */
const LARGEST_PAGE = 1 << 30;

/** Node's own decompressors, which stop at the length that is expected. */
const COMPRESSORS: Compressors = {
  GZIP: (input, length) => zlib.gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (input, length) => zlib.zstdDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input, length) => zlib.brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  SNAPPY: (input, length) => {
    // Three bytes say at most 64.
    if (length > 64 * input.length) throw new Error(`a page of ${length} bytes in ${input.length}`);
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  },
};

/** Why a chunk that is compressed with `codec` cannot be read; undefined where it can. */
export function codecProblem(codec: string): string | undefined {
  if (codec === 'ZSTD' && !zlib.zstdDecompressSync) {
    return `which takes Node 22.15, and this is Node ${process.versions.node}; write it with snappy, gzip or brotli, or install a newer Node`;
  }
  if (codec === 'UNCOMPRESSED' || Object.hasOwn(COMPRESSORS, codec)) return undefined;
  return 'which is not supported; write it with snappy, gzip, zstd or brotli';
}

/** Settings for decoding a column. */
export interface ColumnForm {
  readonly path: readonly string[];
  /** From the root to the column. */
  readonly schemaPath: readonly SchemaTree[];
  readonly type: Decoder['type'];
  readonly codec: Decoder['codec'];
}

/** Values that follow each other in a column. */
export interface PageValues {
  /** The values of rows that have one: numbers, bigints, booleans, strings, dates. */
  readonly values: ArrayLike<unknown>;
  /** For each row, whether it has a value; absent if all have. */
  readonly present?: readonly boolean[];
  readonly rows: number;
}

/** The pages of a flat column's chunk, `rows` rows in all. Throws Error for what is damaged. */
export function* pagesOf(bytes: Uint8Array, form: ColumnForm, rows: number): Generator<PageValues> {
  const element = form.schemaPath.at(-1)?.element;
  const schemaPath = [...form.schemaPath];
  const levels = getMaxDefinitionLevel(schemaPath);
  if (!element || getMaxRepetitionLevel(schemaPath) > 0 || levels > 1) throw new Error('a nested column');
  const decoder: Decoder = {
    pathInSchema: [...form.path],
    element,
    schemaPath,
    type: form.type,
    codec: form.codec,
    parsers: DEFAULT_PARSERS,
    compressors: COMPRESSORS,
  };
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  let dictionary: Decoded | undefined;
  let done = 0;
  while (done < rows) {
    const header = parquetHeader(reader);
    checkSizes(header, reader.view.byteLength - reader.offset);
    if (header.type === 'DICTIONARY_PAGE') {
      const { data } = readPage(reader, header, decoder, undefined, undefined, 0);
      if (data) dictionary = convert(data, decoder);
      continue;
    }
    const page = bytes.subarray(reader.offset, reader.offset + header.compressed_page_size);
    reader.offset += header.compressed_page_size;
    if (header.type !== 'DATA_PAGE' && header.type !== 'DATA_PAGE_V2') continue;
    const values = valuesOf(page, header, decoder, dictionary, levels, rows - done);
    done += values.rows;
    yield values;
  }
}

function checkSizes(header: Header, left: number): void {
  const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
  if (!(packed >= 0 && packed <= left)) throw new Error(`a page of ${packed} bytes, ${left} are left`);
  if (!(unpacked >= 0 && unpacked <= LARGEST_PAGE)) throw new Error(`a page of ${unpacked} bytes`);
}

function valuesOf(
  bytes: Uint8Array,
  header: Header,
  decoder: Decoder,
  dictionary: Decoded | undefined,
  levels: number,
  rowsLeft: number,
): PageValues {
  const told = header.data_page_header ?? header.data_page_header_v2;
  if (!told) throw new Error('a page without its header');
  const rows = told.num_values;
  if (!(rows > 0 && rows <= rowsLeft)) throw new Error(`a page of ${rows} values, ${rowsLeft} are left`);
  if (told.encoding?.endsWith('_DICTIONARY') && !dictionary) throw new Error('a page without its dictionary');
  const decoded = header.data_page_header_v2
    ? second(bytes, header, decoder, levels, rows)
    : first(bytes, header, decoder, levels, rows);
  const values = convertWithDictionary(decoded.dataPage, dictionary, told.encoding, decoder);
  const { definitionLevels } = decoded;
  if (!definitionLevels || definitionLevels.length === 0) {
    if (values.length < rows) throw new Error(`${values.length} values in a page of ${rows}`);
    return { values, rows };
  }
  const present = Array.from({ length: rows }, (_, row) => definitionLevels[row] === levels);
  const count = present.filter(Boolean).length;
  if (values.length < count) throw new Error(`${values.length} values in a page of ${count}`);
  return { values, present, rows };
}

/** A page of the first version: levels and values are compressed together. */
function first(bytes: Uint8Array, header: Header, decoder: Decoder, levels: number, rows: number) {
  const told = header.data_page_header;
  if (!told) throw new Error('a page without its header');
  const page = decompressPage(bytes, header.uncompressed_page_size, decoder.codec, decoder.compressors);
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  let offset = 0;
  if (levels > 0) {
    offset = 4 + view.getUint32(0, true);
    checkRuns(view, 4, offset, 1, rows);
  }
  checkValues(view, offset, told.encoding, decoder.type, rows);
  return readDataPage(page, told, decoder);
}

/** A page of the second version: the levels come before the values, never compressed. */
function second(bytes: Uint8Array, header: Header, decoder: Decoder, levels: number, rows: number) {
  const told = header.data_page_header_v2;
  if (!told) throw new Error('a page without its header');
  const { definition_levels_byte_length: length, num_nulls: nulls } = told;
  if (told.repetition_levels_byte_length !== 0) throw new Error('repetition levels in a flat column');
  if (!(length >= 0 && length <= bytes.length && nulls >= 0 && nulls <= rows))
    throw new Error('levels that do not fit');
  const size = header.uncompressed_page_size - length;
  const packed = bytes.subarray(length);
  const body =
    told.is_compressed === false ? packed : decompressPage(packed, size, decoder.codec, decoder.compressors);
  const page = Buffer.concat([bytes.subarray(0, length), body]);
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  if (levels > 0) checkRuns(view, 0, length, 1, rows);
  checkValues(view, length, told.encoding, decoder.type, rows);
  return readDataPageV2(page, { ...header, data_page_header_v2: { ...told, is_compressed: false } }, decoder);
}

function checkValues(view: DataView, offset: number, encoding: string, type: string, rows: number): void {
  if (encoding === 'RLE') {
    if (type !== 'BOOLEAN') throw new Error(`encoding RLE of ${type}`);
    checkRuns(view, offset + 4, offset + 4 + view.getUint32(offset, true), 1, rows);
  } else if (encoding.endsWith('_DICTIONARY')) {
    if (offset >= view.byteLength) throw new Error('a page without values');
    const width = view.getUint8(offset);
    if (width > 32) throw new Error(`indexes of ${width} bits`);
    checkRuns(view, offset + 1, view.byteLength, width, rows);
  }
}

/** Throws where the runs of a hybrid of run lengths and packed bits are longer than what is expected. */
function checkRuns(view: DataView, from: number, to: number, width: number, count: number): void {
  if (to > view.byteLength) throw new Error('runs that extend past their page');
  let offset = from;
  let seen = 0;
  while (seen < count && offset < to) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      if (shift > 28 || offset >= to) throw new Error('a run that is not readable');
      const byte = view.getUint8(offset++);
      header += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const packed = header % 2 === 1;
    const length = Math.floor(header / 2) * (packed ? 8 : 1);
    // Packed runs are filled up to eights, by some writers to more.
    if (length > count - seen + (packed ? 1024 : 0))
      throw new Error(`a run of ${length}, ${count - seen} are left`);
    offset += packed ? (length / 8) * width : Math.ceil(width / 8);
    seen += length;
  }
}
