# SPDX-License-Identifier: Apache-2.0
# Which room of the house may include which: the arrows of the design, and who may name a third party.
import re

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]')

# Rooms by path, the first match counts.
_ROOMS = [
    (re.compile(r"include/lbsim/run\.hpp$"), "run"),
    (re.compile(r"include/lbsim/(\w+)/"), None),
    (re.compile(r"models/(\w+)/"), None),
    (re.compile(r"sim/(\w+)/"), None),
]

_DATA = {"core", "policy", "history", "scenario"}
_CONTROL_PLANE = {"cluster", "controllers", "cloud", "proxy", "topology"}
_CONTROL_PLANE_SEES = _DATA | _CONTROL_PLANE | {"engine"}

ALLOWED = {
    "core": {"core"},
    "policy": {"core", "policy"},
    "engine": {"core", "engine"},
    "history": {"core", "policy", "history"},
    "scenario": _DATA,
    **{room: _CONTROL_PLANE_SEES for room in _CONTROL_PLANE},
    "traffic": _DATA | {"traffic"},
    "io": _DATA | {"io"},
    "run": _DATA | {"run"},
    "study": _CONTROL_PLANE_SEES | {"traffic", "io", "study", "run"},
    "cli": _CONTROL_PLANE_SEES | {"traffic", "io", "study", "run", "cli"},
}

# Third parties: path prefix of the include -> who may name it.
_THIRD_PARTIES = [
    (re.compile(r"(?:simgrid|xbt)/"), re.compile(r"sim/engine/simgrid_\w+\.cpp$"), "SimGrid, behind sim/engine/simgrid_*.cpp only"),
    (re.compile(r"(?:nlohmann|valijson)/"), re.compile(r"sim/io/"), "JSON, in sim/io only"),
    (re.compile(r"CLI/"), re.compile(r"sim/cli/"), "CLI11, in sim/cli only"),
    (re.compile(r"boost/graph/"), re.compile(r"models/topology/"), "Boost.Graph, in models/topology only"),
    (re.compile(r"boost/math/"), re.compile(r"sim/study/"), "Boost.Math, in sim/study only"),
    (re.compile(r"Random123/"), re.compile(r"models/core/\w+\.cpp$"), "Random123, in sources of models/core only"),
]

_STANDARD = set("""algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes climits
clocale cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib
cstring ctime cuchar cwchar cwctype deque exception execution filesystem forward_list fstream functional future
initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map memory memory_resource mutex new
numbers numeric optional ostream queue random ranges ratio regex scoped_allocator semaphore set shared_mutex source_location
span sstream stack stdexcept stop_token streambuf string string_view syncstream system_error thread tuple type_traits typeindex
typeinfo unordered_map unordered_set utility valarray variant vector version""".split())
# Written by CMake into the build folder.
_GENERATED = re.compile(r"lbsim_\w+\.hpp$")
_SYSTEM = re.compile(r"(?:\w+/)?\w+\.h$|cxxabi\.h$")


def room_of(path):
    for pattern, room in _ROOMS:
        match = pattern.match(path)
        if match:
            return room or match.group(1)
    return None


def _own_header_offence(path, room, target):
    target_path = "include/" + target if target.startswith("lbsim/") else target
    target_room = room_of(target_path)
    if target_room is None:
        return f"'{target}' names no room; spell the path from include/ or from the root"
    if target_room not in ALLOWED.get(room, set()):
        return f"{room} may not include {target_room} ('{target}')"
    if target_path.startswith("sim/engine/") and room != "engine":
        return f"'{target}' is private to the engine; models see include/lbsim/engine"
    if path.startswith("include/") and not target_path.startswith("include/"):
        return f"a public header includes the private '{target}'"
    return None


def _foreign_header_offence(path, target):
    for pattern, who, name in _THIRD_PARTIES:
        if pattern.match(target):
            return None if who.match(path) else f"'{target}': {name}"
    if target in _STANDARD:
        return None
    if path.startswith("sim/") and _SYSTEM.match(target):
        return None
    return f"<{target}> is no header of the standard library" + ("" if path.startswith("sim/") else "; only sim/ may use the system's")


def offences(path, text):
    """(line, what) of every #include that goes against an arrow. Tests may include everything."""
    if path.startswith("tests/"):
        return []
    room = room_of(path)
    if room not in ALLOWED:
        return [(1, f"'{path}' stands in no known room")]
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = _INCLUDE.match(line)
        if not match:
            continue
        bracket, target = match.groups()
        if target.startswith(("lbsim/", "models/", "sim/", "tests/")):
            what = _own_header_offence(path, room, target)
            if what is None and bracket == "<":
                what = f"our own '{target}' goes in quotes"
        elif bracket == '"' and path.startswith("sim/") and _GENERATED.match(target):
            what = None
        elif bracket == '"':
            what = f"'{target}' names no room; spell the path from include/ or from the root"
        else:
            what = _foreign_header_offence(path, target)
        if what is not None:
            found.append((number, what))
    return found
