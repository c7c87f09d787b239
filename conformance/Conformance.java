import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import fugo.Change;
import fugo.Fault;
import fugo.FugoException;
import fugo.IssuerKey;
import fugo.KeyFile;
import fugo.KeyTag;
import fugo.Lineage;
import fugo.LineageException;
import fugo.LostZeros;
import fugo.MyNumber;
import fugo.MyNumberException;
import fugo.NormalizeException;
import fugo.Normalized;
import fugo.Purpose;
import fugo.PurposeException;
import fugo.RootKey;
import fugo.Scope;
import fugo.ScopeKey;
import fugo.Symbol;
import fugo.SymbolKey;
import fugo.SymbolText;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Plays every case of the vectors through the jar: {@code java -cp fugo.jar:gson.jar Conformance.java VECTORS_DIR}.
 *
 * <p>Prints {@code NAME CASES} for each file; it reports a case with another outcome on standard error, and then
 * exits with 1.
 */
final class Conformance {
    private static final HexFormat HEX = HexFormat.of();

    private static boolean failed;

    private final String name;
    private final JsonObject of;

    private Conformance(String name, JsonObject of) {
        this.name = name;
        this.of = of;
    }

    private interface Play {
        void on(Conformance one);
    }

    /** A case that cannot be played, because this program does not know a field or outcome. */
    private static final class Unknown extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unknown(String message) {
            super(message);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Path vectors = Path.of(arguments[0]);
        file(vectors, "check_digits", Conformance::checkDigit);
        file(vectors, "numbers", Conformance::number);
        file(vectors, "normalize", Conformance::normalize);
        file(vectors, "keys", Conformance::keys);
        file(vectors, "symbols", Conformance::symbol);
        file(vectors, "text", Conformance::text);
        file(vectors, "lineage", Conformance::lineage);
        file(vectors, "keyfile", Conformance::keyFile);
        System.exit(failed ? 1 : 0);
    }

    private static void file(Path vectors, String name, Play play) throws IOException {
        JsonObject file;
        try (Reader reader = Files.newBufferedReader(vectors.resolve(name + ".json"))) {
            file = JsonParser.parseReader(reader).getAsJsonObject();
        }
        String schema = file.get("schema").getAsString();
        if (!schema.equals("fugo-vectors-1") || !file.get("kind").getAsString().equals(name)) {
            failed = true;
            System.err.println(name + ": the schema or the kind is not known");
            return;
        }
        JsonArray cases = file.getAsJsonArray("cases");
        for (JsonElement element : cases) {
            Conformance one = new Conformance(name, element.getAsJsonObject());
            try {
                play.on(one);
            } catch (RuntimeException | Error e) {
                one.differs("an outcome of the vocabulary", e.toString());
            }
        }
        System.out.println(name + " " + cases.size());
    }

    private void differs(Object expected, Object found) {
        failed = true;
        System.err.println(name + " case " + of.get("id") + ": expected " + expected + ", found " + found);
    }

    private void same(Object expected, Object found) {
        if (!Objects.equals(expected, found)) {
            differs(expected, found);
        }
    }

    private String string(String field) {
        return of.get(field).getAsString();
    }

    private byte[] bytes(String field) {
        return HEX.parseHex(string(field));
    }

    private OptionalInt number(String field) {
        return of.has(field) ? OptionalInt.of(of.get(field).getAsInt()) : OptionalInt.empty();
    }

    /** Whether the case ends well; if not, its word must be one of these. */
    private boolean isOk(String... refusals) {
        String expect = string("expect");
        if (!expect.equals("ok") && !Set.of(refusals).contains(expect)) {
            throw new Unknown("expect " + expect + " is not known");
        }
        return expect.equals("ok");
    }

    /** The value of a call that must succeed; or null, when it was refused and compared. */
    private <T> T outcome(Supplier<T> call) {
        try {
            T value = call.get();
            same(string("expect"), "ok");
            return value;
        } catch (FugoException e) {
            same(string("expect"), e.kind());
            if (e instanceof MyNumberException error) {
                same(number("offset"), error.offset());
                same(number("found"), error.found());
            } else if (e instanceof NormalizeException error) {
                same(number("offset"), error.offset());
                same(number("found"), error.found());
            } else if (e instanceof LineageException error) {
                same(number("pair"), error.pair());
            } else if (e instanceof PurposeException) {
                differs("an exception that a case can have", e);
            }
            return null;
        }
    }

    private void checkDigit() {
        boolean ok = isOk("non-digit", "length");
        String body = string("body");
        Integer digit = outcome(() -> MyNumber.checkDigit(body));
        Integer ofBytes = outcome(() -> MyNumber.checkDigit(body.getBytes(StandardCharsets.UTF_8)));
        if (ok) {
            same(of.get("digit").getAsInt(), digit);
            same(of.get("digit").getAsInt(), ofBytes);
        }
    }

    private void number() {
        boolean ok = isOk("non-digit", "length", "check-digit", "never-issued");
        String text = string("text");
        MyNumber number = outcome(() -> MyNumber.parse(text));
        MyNumber ofBytes = outcome(() -> MyNumber.parse(text.getBytes(StandardCharsets.UTF_8)));
        MyNumber ofCharacters = outcome(() -> MyNumber.parse(text.toCharArray()));
        if (ok && number != null) {
            same(text, new String(number.exposeDigits(), StandardCharsets.US_ASCII));
            same(number, ofBytes);
            same(number, ofCharacters);
        }
        try (SymbolKey key = symbolKey(new byte[RootKey.LENGTH], Scope.parse("agency/nta/1"))) {
            List<Fault> faults = key.convert(List.of(text)).faults();
            same(ok ? 0 : 1, faults.size());
            for (Fault fault : faults) {
                same(string("expect"), fault.kind());
                same(number("offset"), fault.offset());
                same(number("found"), fault.found());
            }
        }
    }

    private void normalize() {
        boolean ok = isOk(
                "empty", "scientific-notation", "character", "length", "grouping", "check-digit", "never-issued");
        LostZeros lostZeros = of.get("restore_zeros").getAsBoolean() ? LostZeros.RESTORE : LostZeros.REFUSE;
        List<String> changes = new ArrayList<>();
        StringBuilder digits = new StringBuilder();
        MyNumber number = outcome(() -> {
            try (Normalized normalized = Normalized.normalize(string("text"), lostZeros)) {
                for (Change change : normalized.changes()) {
                    changes.add(change.toString());
                }
                digits.append(new String(normalized.exposeDigits(), StandardCharsets.US_ASCII));
                return normalized.parse();
            }
        });
        if (ok && number != null) {
            List<String> expected = new ArrayList<>();
            of.getAsJsonArray("changes").forEach(change -> expected.add(change.getAsString()));
            same(expected, changes);
            same(string("digits"), digits.toString());
            same(string("digits"), new String(number.exposeDigits(), StandardCharsets.US_ASCII));
        }
    }

    private void keys() {
        boolean ok = isOk("scope-id", "scope-id-fixed", "epoch-zero", "unknown-purpose");
        long epoch = of.get("epoch").getAsLong();
        Scope scope = outcome(() -> Scope.of(Purpose.parse(string("purpose")), string("scope"), epoch));
        if (!ok || scope == null) {
            return;
        }
        same(scope, Scope.parse(string("purpose") + "/" + string("scope") + "/" + epoch));
        same(string("label"), HEX.formatHex(scope.label()));
        try (RootKey root = RootKey.of(bytes("root"));
                ScopeKey key = root.scopeKey(scope);
                ScopeKey expected = ScopeKey.of(scope, bytes("scope_key"))) {
            same(string("root_tag"), root.tag().toString());
            same(expected, key);
            same(string("tag"), key.tag().toString());
            same(scope, key.scope());
        }
    }

    private static SymbolKey symbolKey(byte[] root, Scope scope) {
        try (RootKey rootKey = RootKey.of(root);
                ScopeKey key = rootKey.scopeKey(scope)) {
            if (scope.purpose() != Purpose.ELIGIBILITY) {
                return SymbolKey.of(key);
            }
            try (ScopeKey insurers = rootKey.scopeKey(Scope.of(Purpose.INSURERS, "all", 1))) {
                return SymbolKey.eligibility(insurers, key);
            }
        }
    }

    private void symbol() {
        if (!isOk()) {
            return;
        }
        Scope scope = Scope.of(Purpose.parse(string("purpose")), string("scope"), of.get("epoch").getAsLong());
        byte[] digits = string("number").getBytes(StandardCharsets.US_ASCII);
        try (SymbolKey key = symbolKey(bytes("root"), scope);
                MyNumber number = MyNumber.parse(digits)) {
            Symbol symbol = key.symbol(number);
            same(string("symbol"), symbol.hex());
            same(scope.purpose(), symbol.purpose());
            same(string("text"), key.text(symbol));
            same(symbol, key.parseText(string("text")));
            same(new SymbolText(key.tag(), symbol), SymbolText.decode(string("text")));
            same(string("symbol"), HEX.formatHex(key.symbols(digits)));
            same(List.of(symbol), key.symbols(List.of(string("number"))));
            ByteBuffer direct = ByteBuffer.allocateDirect(Symbol.LENGTH);
            key.symbols(ByteBuffer.allocateDirect(digits.length).put(digits).flip(), direct);
            same(ByteBuffer.wrap(bytes("symbol")), direct.flip());
        }
        if (scope.purpose() == Purpose.ELIGIBILITY) {
            fromInsurers(scope);
        }
    }

    /** The issuer's way, in which no number appears. */
    private void fromInsurers(Scope scope) {
        byte[] insurers = bytes("insurers_symbol");
        try (RootKey root = RootKey.of(bytes("root"));
                ScopeKey key = root.scopeKey(scope);
                IssuerKey issuer = IssuerKey.of(key);
                SymbolKey first = symbolKey(bytes("root"), Scope.of(Purpose.INSURERS, "all", 1));
                MyNumber number = MyNumber.parse(string("number"))) {
            same(string("insurers_symbol"), first.symbol(number).hex());
            Symbol symbol = issuer.symbol(Symbol.of(Purpose.INSURERS, insurers));
            same(string("symbol"), symbol.hex());
            same(string("symbol"), HEX.formatHex(issuer.symbols(insurers)));
            same(string("text"), issuer.text(symbol));
            same(symbol, issuer.parseText(string("text")));
        }
    }

    private void text() {
        boolean ok = isOk("corrupted", "unknown-part", "wrong-purpose", "wrong-key");
        Purpose purpose = Purpose.parse(string("purpose"));
        KeyTag tag = KeyTag.parse(string("tag"));
        Symbol symbol = outcome(() -> Symbol.fromText(string("text"), purpose, tag));
        if (ok && symbol != null) {
            same(string("symbol"), symbol.hex());
            same(purpose, symbol.purpose());
            same(string("text"), symbol.toText(tag));
            same(new SymbolText(tag, symbol), SymbolText.decode(string("text")));
        }
    }

    private static Lineage.Reissue pair(JsonElement pair) {
        JsonArray two = pair.getAsJsonArray();
        return new Lineage.Reissue(MyNumber.parse(two.get(0).getAsString()), MyNumber.parse(two.get(1).getAsString()));
    }

    private void lineage() {
        boolean ok = isOk("duplicate-new", "duplicate-previous", "self-pair", "cycle");
        List<Lineage.Reissue> pairs = new ArrayList<>();
        of.getAsJsonArray("pairs").forEach(pair -> pairs.add(pair(pair)));
        try (Lineage lineage = outcome(() -> Lineage.of(pairs))) {
            if (!ok || lineage == null) {
                return;
            }
            same(pairs.size(), lineage.size());
            for (JsonElement element : of.getAsJsonArray("queries")) {
                Lineage.Reissue query = pair(element);
                if (!Arrays.equals(query.previous().exposeDigits(), lineage.first(query.number()).exposeDigits())) {
                    differs("the first number of a query", "another");
                }
            }
        }
    }

    private void keyFile() {
        boolean ok = isOk("unknown-line", "missing-line", "bad-value", "tag-mismatch");
        try (KeyFile file = outcome(() -> KeyFile.parse(string("plaintext").getBytes(StandardCharsets.UTF_8)))) {
            if (!ok || file == null) {
                return;
            }
            same(string("kind"), file.isRoot() ? "root" : "scope");
            same(string("use"), file.usage().toString());
            same(string("tag"), file.tag().toString());
            if (file.isRoot()) {
                try (RootKey key = file.rootKey()) {
                    same(string("tag"), key.tag().toString());
                }
            } else {
                Scope scope = Scope.of(Purpose.parse(string("purpose")), string("scope"), of.get("epoch").getAsLong());
                same(scope, file.scope().orElse(null));
                try (ScopeKey key = file.scopeKey()) {
                    same(string("tag"), key.tag().toString());
                    same(scope, key.scope());
                }
            }
        }
    }
}
