"""Makes the files in this folder, and expected.json, which tells what stands in them. See README.md."""
import csv
import gzip
import json
import os
import struct
import zipfile
from datetime import date

import idx2numpy
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors.numpy import save_file

os.chdir(os.path.dirname(os.path.abspath(__file__)))
random = np.random.default_rng(7)
COUNT = 12
names = ["length", "width", "größe (cm)"]
species = [["setosa", "versicolor", "virginica"][i % 3] for i in range(COUNT)]
codes = [i % 3 for i in range(COUNT)]
x = np.round(random.normal(0, 10, (COUNT, 3)), 3)
frame = pd.DataFrame(x, columns=names).assign(species=species)
cases = []
# The features of the cases: many have the same.
features = []


def case(source, data, labels, names=None, image=None, **task):
    """Notes that `source` holds these float32 features and these labels."""
    data = np.asarray(data).astype("float32").reshape(len(labels), -1)
    assert np.isfinite(data).all()
    rows = data.tolist()
    if rows not in features:
        features.append(rows)
    cases.append({
        "source": source, "task": task, "x": features.index(rows), "labels": [str(label) for label in labels],
        "names": names, "image": image,
    })


# CSV by pandas.
frame.to_csv("pandas.csv", index=False)
case("pandas.csv", x, species, names)
frame.to_csv("pandas-index.csv")
case("pandas-index.csv", x, species, names)
frame.to_csv("pandas.tsv", index=False, sep="\t")
case("pandas.tsv", x, species, names)
frame.to_csv("pandas.csv.gz", index=False, compression={"method": "gzip", "mtime": 1})
case("pandas.csv.gz", x, species, names)
frame.to_csv("pandas-semicolon.csv", index=False, sep=";", encoding="utf-8-sig", lineterminator="\r\n")
case("pandas-semicolon.csv", x, species, names)
frame.to_csv("pandas-no-header.csv", index=False, header=False)
case("pandas-no-header.csv", x, species)
frame.rename(columns={"species": "group"}).assign(note="a, b").to_csv("pandas-ignore.csv", index=False)
case("pandas-ignore.csv", x, species, names, label="group", ignore=["note"])
numbered = pd.DataFrame(np.column_stack([codes, x]))
numbered.to_csv("pandas-numbered.csv", index=False)
case("pandas-numbered.csv", x, codes, ["1", "2", "3"], label=0)
# Labels that pandas turned into floats, and a column of booleans.
frame.assign(flag=x[:, 0] > 0, species=np.array(codes, "float64")).to_csv("pandas-floats.csv", index=False)
case("pandas-floats.csv", np.column_stack([x, x[:, 0] > 0]), codes, [*names, "flag"])
# CSV by Python's own writer: everything quoted, line ends and quotes within cells, blank lines.
with open("csv-quoted.csv", "w", newline="") as file:
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(["a \"b\"", "c\nd", "class"])
    for row, label in zip(x, species):
        writer.writerow([row[0], row[1], f"{label},\n\"{label}\""])
with open("csv-quoted.csv", "a", newline="") as file:
    file.write("\r\n\r\n")
case("csv-quoted.csv", x[:, :2], [f'{label},\n"{label}"' for label in species], ['a "b"', "c\nd"])
# As R's write.table(sep = ",") writes: strings quoted, no name above the row names.
with open("r-write-table.csv", "w") as file:
    file.write('"length","width","Species"\n')
    for index, (row, label) in enumerate(zip(x, species)):
        file.write(f'"{index + 1}",{row[0]},{row[1]},"{label}"\n')
case("r-write-table.csv", x[:, :2], species, ["length", "width"])
# As UCI's iris.data: no header, two line ends at the end.
with open("uci.data", "w") as file:
    file.write("".join(f"{','.join(map(str, row))},{label}\n" for row, label in zip(x, species)) + "\n")
case("uci.data", x, species)
frame[["species"]].to_csv("labels.csv", index=False)
frame[names].to_csv("features.csv", index=False)
case({"x": "features.csv", "y": "labels.csv"}, x, species, names)

# NPY by numpy, of every type.
np.save("labels-int64.npy", np.array(codes))
np.save("labels-text.npy", np.array(species))
np.save("labels-bytes.npy", np.array(species, dtype="S"))
np.save("labels-bool.npy", np.array(codes) == 0)
np.save("labels-one-hot.npy", np.asfortranarray(np.eye(3, dtype="uint8")[codes]))
np.save("labels-column.npy", np.array(codes, dtype=">u2").reshape(-1, 1))
whole = np.round(x * 3)
for dtype in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?"]:
    for order in "<>":
        if order == ">" and np.dtype(dtype).itemsize == 1:
            continue
        values = x if dtype[0] == "f" else np.abs(whole) if dtype[0] == "u" else whole > 0 if dtype == "?" else whole
        values = values.astype(order + dtype if dtype != "?" else "?")
        name = f"features-{'little' if order == '<' else 'big'}-{np.dtype(dtype).name}.npy"
        np.save(name, values)
        case({"x": name, "y": "labels-int64.npy"}, values, codes)
np.save("features-fortran.npy", np.asfortranarray(x))
case({"x": "features-fortran.npy", "y": "labels-text.npy"}, x, species)
case({"x": "features-fortran.npy", "y": "labels-bytes.npy"}, x, species)
case({"x": "features-fortran.npy", "y": "labels-one-hot.npy"}, x, codes)
case({"x": "features-fortran.npy", "y": "labels-column.npy"}, x, codes)
case({"x": "features-fortran.npy", "y": "labels-bool.npy"}, x, ["true" if c == 0 else "false" for c in codes])
np.save("table.npy", np.column_stack([x, codes]))
case("table.npy", x, codes, label=-1)
with open("version-2.npy", "wb") as file:
    np.lib.format.write_array(file, x, version=(2, 0))
case({"x": "version-2.npy", "y": "labels-int64.npy"}, x, codes)
with open("version-3.npy", "wb") as file:
    np.lib.format.write_array(file, x, version=(3, 0))
case({"x": "version-3.npy", "y": "labels-int64.npy"}, x, codes)
with open("features.npy.gz", "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=1) as file:
    np.save(file, x)
case({"x": "features.npy.gz", "y": "labels.csv"}, x, species)
np.save("objects.npy", np.array(species, dtype=object), allow_pickle=True)
# Images: grey, channels first, channels last (also in Fortran's order).
grey = random.integers(0, 256, (COUNT, 5, 6), dtype="uint8")
first = random.integers(0, 256, (COUNT, 3, 5, 6), dtype="uint8")
last = np.ascontiguousarray(first.transpose(0, 2, 3, 1))
np.save("images-grey.npy", grey)
np.save("images-first.npy", first)
np.save("images-last.npy", last)
np.save("images-last-fortran.npy", np.asfortranarray(last))
for name in ["first", "last", "last-fortran"]:
    case({"x": f"images-{name}.npy", "y": "labels-int64.npy"}, first, codes, image=[3, 5, 6])
case({"x": "images-grey.npy", "y": "labels-int64.npy"}, grey, codes, image=[1, 5, 6])
case({"x": "images-last.npy", "y": "labels-int64.npy"}, last, codes, image=[5, 6, 3])
cases[-1]["task"] = {"image": [5, 6, 3]}

# NPZ by numpy.
half = COUNT // 2
np.savez("keras.npz", x_train=grey[:half], y_train=np.array(codes[:half]), x_test=grey[half:], y_test=np.array(codes[half:]))
case("keras.npz", grey[:half], codes[:half], image=[1, 5, 6])
np.savez_compressed("compressed.npz", X=x, target=np.array(species))
case("compressed.npz", x, species)
np.savez("unnamed.npz", x, np.array(codes))
case("unnamed.npz", x, codes)

# Parquet by pyarrow, fastparquet and Polars.
table = pa.Table.from_pandas(frame, preserve_index=False)
for codec in ["none", "snappy", "gzip", "zstd", "brotli"]:
    pq.write_table(table, f"pyarrow-{codec}.parquet", compression=codec)
    case(f"pyarrow-{codec}.parquet", x, species, names)
pq.write_table(table, "pyarrow-groups.parquet", row_group_size=7, data_page_size=64)
case("pyarrow-groups.parquet", x, species, names)
pq.write_table(table, "pyarrow-plain.parquet", use_dictionary=False, data_page_version="2.0")
case("pyarrow-plain.parquet", x, species, names)
pq.write_table(table, "pyarrow-split.parquet", use_dictionary=False, use_byte_stream_split=names)
case("pyarrow-split.parquet", x, species, names)
kinds = pa.table({
    "i8": pa.array(whole[:, 0].astype("i1")), "i64": pa.array(whole[:, 1].astype("i8")),
    "u32": pa.array(np.abs(whole[:, 2]).astype("u4")), "f16": pa.array(x[:, 0].astype("f2")),
    "f32": pa.array(x[:, 1].astype("f4")), "flag": pa.array(x[:, 0] > 0), "label": pa.array(np.array(codes)),
})
pq.write_table(kinds, "pyarrow-kinds.parquet", column_encoding={
    "i8": "DELTA_BINARY_PACKED", "i64": "DELTA_BINARY_PACKED", "u32": "PLAIN", "f16": "PLAIN", "f32": "PLAIN",
    "flag": "RLE", "label": "PLAIN",
}, use_dictionary=False, data_page_version="2.0")
case("pyarrow-kinds.parquet", np.column_stack([
    whole[:, 0], whole[:, 1], np.abs(whole[:, 2]), x[:, 0].astype("f2"), x[:, 1], x[:, 0] > 0,
]), codes, kinds.column_names[:-1])
frame.set_index(pd.Index(np.arange(COUNT) * 2)).to_parquet("pandas-index.parquet")
case("pandas-index.parquet", x, species, names)
frame.to_parquet("fastparquet.parquet", engine="fastparquet", index=False, row_group_offsets=10)
case("fastparquet.parquet", x, species, names)
pl.DataFrame({**{name: x[:, i] for i, name in enumerate(names)}, "species": species}).write_parquet("polars.parquet")
case("polars.parquet", x, species, names)
nulls = pa.table({"a": pa.array([1.0, None, 3.0, float("nan")]), "label": pa.array(["x", "y", None, "x"])})
pq.write_table(nulls, "nulls.parquet")
lists = pa.table({
    "a": pa.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), "b": pa.array([[1.0, 2.0]] * 6),
    "day": pa.array([date(2024, 1, 5), date(2024, 5, 1)] * 3), "label": pa.array(["x", "y"] * 3),
})
pq.write_table(lists, "lists.parquet", compression="none")

# IDX by idx2numpy, which wrote MNIST's format before us.
idx2numpy.convert_to_file("images-idx3-ubyte", grey)
idx2numpy.convert_to_file("labels-idx1-ubyte", np.array(codes, dtype="uint8"))
case({"x": "images-idx3-ubyte", "y": "labels-idx1-ubyte"}, grey, codes, image=[1, 5, 6])
with open("images-idx3-ubyte", "rb") as file, open("images-idx3-ubyte.gz", "wb") as raw:
    with gzip.GzipFile(fileobj=raw, mode="wb", mtime=1) as packed:
        packed.write(file.read())
case({"x": "images-idx3-ubyte.gz", "y": "labels-int64.npy"}, grey, codes, image=[1, 5, 6])
for dtype in ["i1", "i2", "i4", "f4", "f8"]:
    idx2numpy.convert_to_file(f"features-{dtype}.idx", (x if dtype[0] == "f" else whole).astype(dtype))
    case({"x": f"features-{dtype}.idx", "y": "labels-idx1-ubyte"}, x if dtype[0] == "f" else whole, codes)

# safetensors by its own library; bfloat16, which numpy lacks, by hand.
save_file({"x": x.astype("f4"), "y": np.array(codes)}, "float32.safetensors")
case("float32.safetensors", x, codes)
save_file({"features": x.astype("f2"), "labels": np.array(codes, "i4")}, "float16.safetensors")
case("float16.safetensors", x.astype("f2"), codes)
save_file({"x_train": x[:half], "y_train": np.array(codes[:half], "u1"), "x_test": x[half:],
           "y_test": np.array(codes[half:], "u1")}, "parts.safetensors", metadata={"by": "safetensors"})
case("parts.safetensors", x[:half], codes[:half])
brain = (x.astype("<f4").view("<u4") >> 16).astype("<u2")
header = json.dumps({"x": {"dtype": "BF16", "shape": [COUNT, 3], "data_offsets": [0, COUNT * 6]},
                     "y": {"dtype": "I64", "shape": [COUNT], "data_offsets": [COUNT * 6, COUNT * 14]}}).encode()
with open("bfloat16.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header + brain.tobytes() + np.array(codes, "<i8").tobytes())
case("bfloat16.safetensors", (brain.astype("<u4") << 16).view("<f4"), codes)

# Other things, by their endings.
with zipfile.ZipFile("no-arrays.npz", "w") as archive:
    archive.writestr(zipfile.ZipInfo("readme.txt"), "nothing here")

with open("expected.json", "w") as file:
    lines = [",\n".join(json.dumps(item, ensure_ascii=False) for item in items) for items in (features, cases)]
    file.write('{"features": [\n%s\n], "cases": [\n%s\n]}\n' % tuple(lines))
