"""Makes the models of this folder, and what the libraries that they come from make of a few inputs.

python make.py torch    with torch, onnxscript, scikit-learn, skl2onnx, onnx, onnxruntime
python make.py keras    with tensorflow-cpu, keras, tf2onnx, onnx

The README tells the versions that were used.
"""

import json
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = os.path.dirname(os.path.abspath(__file__))
EXPECTED = os.path.join(FOLDER, "expected.json")


def path(name):
    return os.path.join(FOLDER, f"{name}.onnx")


def inputs(samples, *shape):
    """Values of two decimals, so that they are the same in JSON and in float32."""
    drawn = np.random.default_rng(5).normal(size=(samples, *shape))
    return np.round(drawn, 2).astype(np.float32)


def expect(name, kind, x, scores):
    """What the library predicts. Kind: logits, probabilities, or log-probabilities."""
    known = json.load(open(EXPECTED)) if os.path.exists(EXPECTED) else {}
    known[name] = {
        "kind": kind,
        "x": [[float(f"{value:.2f}") for value in row] for row in x.reshape(len(x), -1)],
        "scores": [[float(f"{value:.7g}") for value in row] for row in np.asarray(scores)],
    }
    lines = ",\n".join(f'"{key}": {json.dumps(known[key])}' for key in sorted(known))
    open(EXPECTED, "w").write("{\n" + lines + "\n}\n")


def slim(name):
    """Without the exporter's notes on where in the Python code each node comes from."""
    model = onnx.load(path(name))
    del model.metadata_props[:]
    del model.graph.value_info[:]
    del model.graph.metadata_props[:]
    for part in [*model.graph.node, *model.graph.input, *model.graph.output, *model.graph.initializer]:
        part.doc_string = ""
        del part.metadata_props[:]
    onnx.save(model, path(name))


def make_torch():
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    torch.manual_seed(3)
    batch = torch.export.Dim("batch")

    def export(name, model, example, dynamic=True, inputs=("x",), **options):
        if options.setdefault("dynamo", False):
            options["external_data"] = options.get("external_data", False)
            if dynamic:
                options["dynamic_shapes"] = tuple({0: batch} for _ in inputs)
        elif dynamic:
            options.setdefault("dynamic_axes", {key: {0: "batch"} for key in [*inputs, "y"]})
        torch.onnx.export(
            model.eval(), tuple(example), path(name), input_names=list(inputs), output_names=["y"], **options
        )
        if not options.get("external_data"):
            slim(name)

    def accepted(name, model, x, kind="logits", **options):
        export(name, model, (torch.from_numpy(x[: options.pop("exported", 2)]),), **options)
        with torch.no_grad():
            expect(name, kind, x, model(torch.from_numpy(x)).numpy())

    accepted("torch-mlp", nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)), inputs(5, 4))

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 4, 3, padding=1, bias=False)
            self.norm = nn.BatchNorm2d(4)
            self.conv2 = nn.Conv2d(4, 4, 3, padding=1)
            self.dropout = nn.Dropout()
            self.dense = nn.Linear(16, 10)

        def forward(self, x):
            x = F.relu(self.norm(self.conv1(x)))
            x = F.max_pool2d(x + F.relu(self.conv2(x)), 3, 2)
            x = F.avg_pool2d(x, 2, 1)
            x = x.view(x.size(0), -1)
            return self.dense(self.dropout(x))

    residual = Residual()
    for _ in range(5):
        residual.train()(torch.randn(16, 1, 8, 8) * 2 + 1)
    residual.eval()
    images = inputs(3, 1, 8, 8)
    accepted("torch-residual", residual, images, do_constant_folding=False, opset_version=13)
    accepted("torch-residual-fixed", residual, images, dynamic=False, exported=1)
    accepted("torch-residual-dynamo", residual, images, dynamo=True)
    accepted("torch-residual-dynamo-plain", residual, images, dynamo=True, optimize=False)

    class Old(nn.Module):
        """What has changed its form since the first operator sets."""

        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 3, 3)
            self.norm = nn.BatchNorm2d(3)
            self.slopes = nn.PReLU(3)
            self.dense = nn.Linear(3, 4)

        def forward(self, x):
            x = self.norm(self.conv(F.pad(x, (1, 0, 2, 0), value=0.5)))
            x = F.relu6(self.slopes(x)).clamp(-0.5, 2)
            x = x.mean(3).unsqueeze(3).mean((2,), keepdim=True)
            return self.dense(F.dropout(x.squeeze(3).squeeze(2), training=False))

    accepted("torch-opset-9", Old(), inputs(3, 1, 6, 6), opset_version=9, do_constant_folding=False)

    class Varied(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(2, 4, 3, stride=2, padding=1)
            self.depthwise = nn.Conv2d(4, 8, 3, padding=2, dilation=2, groups=4, bias=False)
            self.point = nn.Conv2d(4, 4, 1)
            self.norm = nn.LayerNorm(24)
            self.mix = nn.Linear(24, 6)
            self.last = nn.Linear(6, 3)
            self.scale = nn.Parameter(torch.randn(12, 1, 1))

        def forward(self, x):
            x = F.hardswish(self.stem(x))
            a = F.max_pool2d(self.depthwise(x), 2, ceil_mode=True)
            b = F.avg_pool2d(F.gelu(self.point(x)), 3, 2, padding=1, count_include_pad=False)
            x = torch.cat([a, torch.tanh(b)], 1) * self.scale
            x = torch.cat([F.adaptive_avg_pool2d(x, 1).flatten(1), x.amax((2, 3))], -1)
            x = F.leaky_relu(self.mix(self.norm(x)), 0.2)
            return F.log_softmax(self.last(F.elu(x) / torch.sqrt(1 + x * x)), 1)

    log = "log-probabilities"
    accepted("torch-varied", Varied(), inputs(3, 2, 10, 10), log, opset_version=20)
    accepted("torch-varied-opset-13", Varied(), inputs(3, 2, 10, 10), log, opset_version=13)

    # Refused.
    class Recurrent(nn.Module):
        def __init__(self):
            super().__init__()
            self.cells = nn.LSTM(3, 4, batch_first=True)
            self.dense = nn.Linear(4, 2)

        def forward(self, x):
            return self.dense(self.cells(x)[0][:, -1])

    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.dense = nn.Linear(5, 2)

        def forward(self, a, b):
            return self.dense(torch.cat([a, b], 1))

    class Global(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 3, 3)

        def forward(self, x):
            return F.adaptive_avg_pool2d(self.conv(x), 1).flatten(1)

    class Looping(nn.Module):
        def __init__(self):
            super().__init__()
            self.dense = nn.Linear(3, 3)

        def forward(self, x):
            for _ in range(int(x.shape[0])):
                x = self.dense(x)
            return x

    class Summing(nn.Module):
        def __init__(self):
            super().__init__()
            self.dense = nn.Linear(3, 3)

        def forward(self, x):
            return torch.cumsum(self.dense(x), 1)

    small = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    x = torch.randn(2, 4)
    export("refused-lstm", Recurrent(), (torch.randn(2, 6, 3),))
    export("refused-two-inputs", Two(), (torch.randn(2, 2), torch.randn(2, 3)), inputs=("a", "b"))
    export(
        "refused-dynamic", Global(), (torch.randn(2, 1, 8, 8),), dynamic_axes={"x": {0: "batch", 2: "height", 3: "width"}}
    )
    export("refused-loop", torch.jit.script(Looping()), (torch.randn(2, 3),))
    export("refused-operator", Summing(), (torch.randn(2, 3),))
    export("refused-one-score", nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1)), (x,))
    export("refused-three-axes", nn.Linear(4, 2), (torch.randn(2, 5, 4),))
    export("refused-external", nn.Linear(64, 32), (torch.randn(2, 64),), dynamo=True, external_data=True)
    os.remove(path("refused-external") + ".data")
    export("refused-float64", nn.Linear(4, 2).double(), (x.double(),))
    export("refused-float16", nn.Linear(4, 2).half(), (x.half(),))

    from onnxruntime.quantization import QuantFormat, QuantType, quantize_dynamic, quantize_static
    from onnxruntime.quantization.calibrate import CalibrationDataReader

    class Few(CalibrationDataReader):
        def __init__(self):
            self.rows = iter([{"x": inputs(5, 4)}])

        def get_next(self):
            return next(self.rows, None)

    export("small", small, (x,))
    quantize_dynamic(path("small"), path("refused-int8"), weight_type=QuantType.QInt8)
    quantize_static(path("small"), path("refused-int8-qdq"), Few(), quant_format=QuantFormat.QDQ)
    os.remove(path("small"))
    for name in ("refused-int8", "refused-int8-qdq"):
        slim(name)

    # A custom domain, as written by hand.
    value = lambda name, *shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", *shape])
    weight = numpy_helper.from_array(inputs(4, 2), "w")
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["product"], "product"),
        helper.make_node("FastGelu", ["product"], ["y"], "gelu", domain="com.microsoft"),
    ]
    graph = helper.make_graph(nodes, "custom", [value("x", 4)], [value("y", 2)], [weight])
    sets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    onnx.save(helper.make_model(graph, opset_imports=sets, ir_version=8), path("refused-domain"))
    make_sklearn()


def make_sklearn():
    from skl2onnx import to_onnx
    from sklearn.datasets import load_iris, make_moons
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def accepted(name, model, data, **options):
        x, y = data
        model.fit(x, y)
        converted = to_onnx(model, x[:1].astype(np.float32), target_opset={"": 17, "ai.onnx.ml": 3}, **options)
        onnx.save(converted, path(name))
        few = np.round(x[:: len(x) // 6], 2).astype(np.float32)
        expect(name, "probabilities", few, model.predict_proba(few))

    def network(*hidden):
        return MLPClassifier(hidden, max_iter=400, random_state=1)

    moons, iris = make_moons(200, noise=0.1, random_state=0), load_iris(return_X_y=True)
    accepted("sklearn-binary", network(8), moons)
    accepted("sklearn-multiclass", network(8, 5), iris)
    scaled = make_pipeline(StandardScaler(), network(6))
    accepted("sklearn-pipeline", scaled, iris, options={id(scaled): {"zipmap": False}})


def make_keras():
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras
    import tensorflow as tf
    import tf2onnx

    keras.utils.set_random_seed(2)
    layers = keras.layers
    drawn = {"bias_initializer": keras.initializers.RandomNormal(stddev=0.3, seed=4)}

    def accepted(name, model, x, opset=15):
        signature = (tf.TensorSpec((None, *model.input_shape[1:]), tf.float32, name="x"),)
        function = tf.function(lambda x: model(x, training=False), input_signature=signature)
        converted, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=opset)
        onnx.save(converted, path(name))
        slim(name)
        expect(name, "probabilities", x, model.predict(x, verbose=0))

    # Images [height, width, channels].
    convnet = keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            layers.Conv2D(4, 3, activation="relu", padding="same", **drawn),
            layers.AveragePooling2D(3, 2, padding="same"),
            layers.Conv2D(5, 3, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(
                beta_initializer="random_normal", moving_mean_initializer="random_normal", momentum=0.9
            ),
            layers.ReLU(max_value=6),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(10, activation="softmax", **drawn),
        ]
    )
    accepted("keras-convnet", convnet, inputs(3, 8, 8, 2))

    image = keras.Input((9, 9, 1))
    a = layers.Conv2D(4, 3, activation="relu", **drawn)(image)
    b = layers.SeparableConv2D(4, 3, padding="same", activation="swish", **drawn)(a)
    joined = layers.Concatenate()([layers.Add()([a, b]), a])
    pooled = layers.GlobalAveragePooling2D()(layers.MaxPooling2D(2)(joined))
    bent = keras.activations.gelu(layers.Dense(6, **drawn)(pooled), approximate=True)
    scores = layers.Dense(3, activation="softmax", **drawn)(bent)
    accepted("keras-functional", keras.Model(image, scores), inputs(3, 9, 9, 1))

    binary = keras.Sequential(
        [keras.Input((2,)), layers.Dense(8, activation="relu", **drawn), layers.Dense(1, activation="sigmoid", **drawn)]
    )
    accepted("keras-binary", binary, inputs(5, 2))


if __name__ == "__main__":
    {"torch": make_torch, "keras": make_keras}[sys.argv[1]]()
