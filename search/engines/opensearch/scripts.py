"""Scripts in Painless, which a node runs for each candidate: what Lucene's own queries cannot answer exactly.

They find where an operand occurs in a section, from all that our analysis found in it (`sections`), by the rules of
the embedded engine: overlapping and nested spans are all kept, of which Lucene's intervals keep the shortest. The
sources never change, so that a node compiles each once; what a query asks is in the parameters (see `operands`).

A span is a long: the first token, shifted by 24 bits, and the last. Spans are sorted and distinct. Only modules of
this package import from here.
"""

# What all scripts share. Functions of Painless see neither `doc` nor `params`, so both are passed.
_SPANS = """
String[] column(Map doc, String field, int line, Map cache) {
  String key = field + line;
  if (cache.containsKey(key)) { return (String[]) cache[key]; }
  String[] lines;
  if (cache.containsKey(field)) { lines = (String[]) cache[field]; }
  else {
    def stored = doc['b_' + field];
    lines = stored.size() == 0 ? new String[0] : stored.value.utf8ToString().splitOnToken('\n');
    cache[field] = lines;
  }
  String[] parts = line >= lines.length || lines[line].length() == 0 ? new String[0] : lines[line].splitOnToken(' ');
  cache[key] = parts;
  return parts;
}
int[] numbers(Map doc, String field, int line, Map cache) {
  String key = 'n' + field + line;
  if (cache.containsKey(key)) { return (int[]) cache[key]; }
  String[] parts = column(doc, field, line, cache);
  int[] found = new int[parts.length];
  for (int i = 0; i < parts.length; i++) { found[i] = Integer.parseInt(parts[i]); }
  cache[key] = found;
  return found;
}
int first(long span) { return (int) (span >> 24); }
int last(long span) { return (int) (span & 0xFFFFFFL); }
long span(int from, int to) { return (((long) from) << 24) | ((long) to); }
int segment(int[] starts, int place) {
  int low = 0; int high = starts.length;
  while (low < high) {
    int middle = (low + high) / 2;
    if (starts[middle] <= place) { low = middle + 1 } else { high = middle }
  }
  return low;
}
boolean near(long left, long right, int distance, boolean ordered, int[] starts) {
  int forward = first(right) - last(left);
  int apart = forward > 0 ? forward : (ordered ? 0 : first(left) - last(right));
  if (apart <= 0) { return false; }
  if (distance > 0) { return apart <= distance; }
  return segment(starts, first(left)) == segment(starts, first(right));
}
boolean inPieces(long found, String field, List pieces) {
  for (def piece : pieces) {
    if (piece.field == field && piece.first <= first(found) && last(found) < piece.past) { return true; }
  }
  return false;
}
List lefts(List lefts, List rights, int distance, boolean ordered, int[] starts, boolean wanted) {
  List found = new ArrayList();
  int count = rights.size();
  List byLast = new ArrayList();
  for (def right : rights) { byLast.add(span(last((long) right), first((long) right))); }
  byLast.sort((one, two) -> Long.compare((long) one, (long) two));
  int[] latest = new int[count];
  for (int i = 0; i < count; i++) {
    int begin = last((long) byLast.get(i));
    latest[i] = i > 0 && latest[i - 1] > begin ? latest[i - 1] : begin;
  }
  for (int i = 0; i < lefts.size(); i++) {
    long left = (long) lefts.get(i);
    boolean has = false;
    int low = 0; int high = count;
    while (low < high) {
      int middle = (low + high) / 2;
      if (first((long) rights.get(middle)) > last(left)) { high = middle } else { low = middle + 1 }
    }
    if (low < count) {
      int begin = first((long) rights.get(low));
      has = distance > 0 ? begin - last(left) <= distance : segment(starts, first(left)) == segment(starts, begin);
    }
    if (!has && !ordered) {
      low = 0; high = count;
      while (low < high) {
        int middle = (low + high) / 2;
        if (first((long) byLast.get(middle)) < first(left)) { low = middle + 1 } else { high = middle }
      }
      if (low > 0) {
        has = distance > 0 ? first(left) - first((long) byLast.get(low - 1)) <= distance
          : segment(starts, first(left)) == segment(starts, latest[low - 1]);
      }
    }
    if (has == wanted) { found.add(left); }
  }
  return found;
}
boolean takes(Map slot, int place, String[] stems, Map narrow) {
  if (slot.stems.containsKey(stems[place])) { return true; }
  if (narrow.containsKey(place)) { for (def stem : narrow[place]) { if (stem == slot.narrow) { return true; } } }
  return false;
}
TreeSet wordSpans(Map node, Map doc, String field, Map cache) {
  TreeSet found = new TreeSet();
  String[] stems = column(doc, field, 1, cache);
  Map narrow = new HashMap();
  for (String text : column(doc, field, 2, cache)) {
    int comma = text.indexOf(',');
    int second = text.indexOf(',', comma + 1);
    int from = Integer.parseInt(text.substring(0, comma));
    int to = Integer.parseInt(text.substring(comma + 1, second));
    String stem = text.substring(second + 1);
    if (from == to) {
      if (!narrow.containsKey(from)) { narrow[from] = new ArrayList(); }
      narrow[from].add(stem);
    }
    if (node.wide.containsKey(stem)) { found.add(span(from, to)); }
  }
  for (def reading : node.readings) {
    int width = reading.size();
    for (int at = 0; at + width <= stems.length; at++) {
      boolean all = true;
      for (int i = 0; all && i < width; i++) { all = takes(reading.get(i), at + i, stems, narrow); }
      if (all) { found.add(span(at, at + width - 1)); }
    }
  }
  return found;
}
boolean glob(String pattern, String form) {
  int at = 0; int place = 0; int star = -1; int mark = 0;
  while (place < form.length()) {
    char sign = at < pattern.length() ? pattern.charAt(at) : (char) 0;
    if (at < pattern.length() && sign == (char) '*') { star = at; mark = place; at++; }
    else if (at < pattern.length() && (sign == (char) '?' || sign == form.charAt(place))) { at++; place++; }
    else if (star >= 0) { at = star + 1; mark++; place = mark; }
    else { return false; }
  }
  while (at < pattern.length() && pattern.charAt(at) == (char) '*') { at++; }
  return at == pattern.length();
}
boolean fits(Map wanted, String form) {
  return wanted.containsKey('*') ? glob((String) wanted['*'], form) : wanted.containsKey(form);
}
TreeSet formSpans(Map node, Map doc, String field, Map cache) {
  TreeSet found = new TreeSet();
  String[] forms = column(doc, field, 0, cache);
  int width = node.sequence.size();
  List marks = node.abbreviations;
  Set abbreviations = new HashSet();
  if (marks.size() > 0) { for (int place : numbers(doc, field, 3, cache)) { abbreviations.add(place); } }
  for (int at = 0; at + width <= forms.length; at++) {
    boolean all = true;
    for (int i = 0; all && i < width; i++) { all = fits(node.sequence.get(i), forms[at + i]); }
    for (int i = 0; all && i < marks.size(); i++) { all = abbreviations.contains(at + (int) marks.get(i)); }
    if (all) { found.add(span(at, at + width - 1)); }
  }
  return found;
}
int[] boundaries(Map doc, String field, int distance, Map cache) {
  return distance > 0 ? new int[0] : numbers(doc, field, distance == -1 ? 4 : 5, cache);
}
List spans(Map node, Map doc, String field, Map cache, List pieces) {
  String kind = node.kind;
  if (kind == 'or') {
    TreeSet found = new TreeSet();
    for (def part : node.parts) { found.addAll(spans(part, doc, field, cache, pieces)); }
    return new ArrayList(found);
  }
  if (kind == 'near') {
    int distance = node.distance;
    int[] starts = boundaries(doc, field, distance, cache);
    List left = spans(node.left, doc, field, cache, pieces);
    if (left.isEmpty()) { return left; }
    List right = spans(node.right, doc, field, cache, pieces);
    if (node.excluded) { return lefts(left, right, distance, node.ordered, starts, false); }
    TreeSet found = new TreeSet();
    for (def one : left) {
      for (def two : right) {
        if (near((long) one, (long) two, distance, node.ordered, starts)) {
          int from = first((long) one) < first((long) two) ? first((long) one) : first((long) two);
          int to = last((long) one) > last((long) two) ? last((long) one) : last((long) two);
          found.add(span(from, to));
        }
      }
    }
    return new ArrayList(found);
  }
  if (!node.fields.containsKey(field)) { return new ArrayList(); }
  TreeSet found = kind == 'word' ? wordSpans(node, doc, field, cache) : formSpans(node, doc, field, cache);
  int limit = (int) node.fields[field];
  if (limit == 0 && pieces == null) { return new ArrayList(found); }
  List kept = new ArrayList();
  for (def one : found) {
    if ((limit == 0 || last((long) one) < limit) && (pieces == null || inPieces((long) one, field, pieces))) {
      kept.add(one);
    }
  }
  return kept;
}
List occurrences(Map node, Map doc, String field, Map cache) {
  if (node.kind == 'near' && !node.excluded) {
    int distance = node.distance;
    int[] starts = boundaries(doc, field, distance, cache);
    List left = spans(node.left, doc, field, cache, null);
    if (left.isEmpty()) { return left; }
    return lefts(left, spans(node.right, doc, field, cache, null), distance, node.ordered, starts, true);
  }
  return spans(node, doc, field, cache, null);
}
"""

# Whether an operand occurs at least `least` times in the fields named.
MATCH = (
    _SPANS
    + """
Map cache = new HashMap();
int count = 0;
for (String field : params.fields) {
  if (params.least == 1) { count += occurrences(params.node, doc, field, cache).size(); }
  else { count += spans(params.node, doc, field, cache, null).size(); }
  if (count >= params.least) { return true; }
}
return false;
"""
)

# How often an operand occurs: for the articles in which it must occur so many times.
COUNT = (
    _SPANS
    + """
Map cache = new HashMap();
int count = 0;
for (String field : params.fields) { count += spans(params.node, doc, field, cache, null).size(); }
return count;
"""
)

_WEIGH = """
double weigh(double frequency, Map doc, Map field) {
  double length = doc['length_' + field.name].size() == 0 ? 0.0 : doc['length_' + field.name].value;
  return field.boost * frequency / (1 - field.b + field.b * length / field.mean);
}
"""

# The points of a leaf, BM25F, from the places where it occurs. With `as_body`, all of them count as if in the text.
SCORE = (
    _SPANS
    + _WEIGH
    + """
Map cache = new HashMap();
double weight = 0;
double together = 0;
for (def field : params.weights) {
  int count = occurrences(params.node, doc, field.name, cache).size();
  if (params.as_body) { together += count; }
  else if (count > 0) { weight += weigh(count, doc, field); }
}
if (params.as_body) { weight = weigh(together, doc, params.body); }
return params.points * weight / (params.k1 + weight);
"""
)

# The same for a word of one stem, whose frequencies Lucene has: no text is read.
SCORE_STEM = (
    _WEIGH
    + """
double weight = 0;
for (def field : params.weights) {
  double count = 0;
  for (def term : params.terms) { count += termFreq('w_' + field.name, term); }
  if (count > 0) { weight += weigh(count, doc, field); }
}
return params.points * weight / (params.k1 + weight);
"""
)

# How often a leaf occurs in each field, for an explanation: a list in the order of `fields`.
FREQUENCIES = (
    _SPANS
    + """
Map cache = new HashMap();
List found = new ArrayList();
for (String field : params.fields) { found.add(occurrences(params.node, doc, field, cache).size()); }
return found;
"""
)

# Whether a statement matches: a line of `said`, see `sections`.
_SAYS = """
boolean says(Map node, Map doc, Map cache, List pieces, List names, List fields) {
  String kind = node.kind;
  if (kind == 'all' || kind == 'any') {
    boolean wanted = kind == 'any';
    for (def part : node.parts) { if (says(part, doc, cache, pieces, names, fields) == wanted) { return wanted; } }
    return !wanted;
  }
  if (kind == 'not') { return !says(node.part, doc, cache, pieces, names, fields); }
  if (kind == 'constant') { return node.value; }
  if (kind == 'names') {
    for (def name : names.get((int) node.column)) { if (node.values.containsKey(name)) { return true; } }
    return false;
  }
  if (kind == 'nameless') { return names.get((int) node.column).isEmpty(); }
  int count = 0;
  for (def field : fields) {
    count += spans(node.operand, doc, (String) field, cache, pieces).size();
    if (count >= node.least) { return true; }
  }
  return false;
}
boolean lineSays(String line, Map node, Map doc, Map cache, List fields) {
  String[] parts = line.splitOnToken('\u0006');
  List pieces = new ArrayList();
  if (parts[0].length() > 0) {
    for (String piece : parts[0].splitOnToken(' ')) {
      String[] numbers = piece.splitOnToken(',');
      pieces.add(['field': numbers[0], 'first': Integer.parseInt(numbers[1]), 'past': Integer.parseInt(numbers[2])]);
    }
  }
  List names = new ArrayList();
  for (int i = 1; i < 3; i++) {
    List column = new ArrayList();
    if (i < parts.length && parts[i].length() > 0) {
      for (String name : parts[i].splitOnToken('\u0005')) { column.add(name); }
    }
    names.add(column);
  }
  return says(node, doc, cache, pieces, names, fields);
}
"""

# Whether one of the statements of a section matches.
STATEMENT = (
    _SPANS
    + _SAYS
    + """
def stored = doc['said'];
if (stored.size() == 0) { return false; }
Map cache = new HashMap();
for (String line : stored.value.utf8ToString().splitOnToken('\n')) {
  if (lineSays(line, params.node, doc, cache, params.fields)) { return true; }
}
return false;
"""
)

# The places of those statements of a section that match, from 0.
PLACES = (
    _SPANS
    + _SAYS
    + """
List found = new ArrayList();
def stored = doc['said'];
if (stored.size() == 0) { return found; }
Map cache = new HashMap();
String[] lines = stored.value.utf8ToString().splitOnToken('\n');
for (int i = 0; i < lines.length; i++) {
  if (lineSays(lines[i], params.node, doc, cache, params.fields)) { found.add(i); }
}
return found;
"""
)

# The statements of a result, of some speaker and with some name, and that match if there is a node: how many, in how
# many sections, and by whom. The columns have the statements in the same order.
STATEMENTS = (
    _SPANS
    + _SAYS
    + """
boolean has = false;
Map cache = new HashMap();
String[] listed = doc['said_list'].value.utf8ToString().splitOnToken('\n');
String[] lines = params.node.isEmpty() ? null : doc['said'].value.utf8ToString().splitOnToken('\n');
for (int i = 0; i < listed.length; i++) {
  String[] parts = listed[i].splitOnToken('\u0006');
  boolean wanted = params.by == '' || parts[1] == params.by;
  if (wanted && params.naming != '') {
    wanted = false;
    for (String name : parts[2].splitOnToken(' ')) { wanted = wanted || name == params.naming; }
  }
  if (wanted && lines != null) { wanted = lineSays(lines[i], params.node, doc, cache, params.fields); }
  if (wanted) {
    has = true;
    state.total += 1;
    String label = parts.length > 3 ? parts[3] : '';
    if (!state.speakers.containsKey(parts[1])) { state.speakers[parts[1]] = [label, 0]; }
    state.speakers[parts[1]][1] += 1;
  }
}
if (has) { state.sections += 1; }
"""
)
