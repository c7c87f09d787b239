import fugo.Batch;
import fugo.Fault;
import fugo.IssuerKey;
import fugo.KeyFile;
import fugo.KeyFileException;
import fugo.KeyTag;
import fugo.LostZeros;
import fugo.MyNumber;
import fugo.Normalized;
import fugo.RootKey;
import fugo.Scope;
import fugo.ScopeKey;
import fugo.Seal;
import fugo.Symbol;
import fugo.SymbolKey;
import fugo.Unlock;
import fugo.Use;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An issuer delivers symbols to an agency and to the eligibility service: {@code java -cp fugo.jar Delivery.java}. The
 * numbers are invented.
 */
final class Delivery {
    private Delivery() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createTempDirectory("delivery-");
        Path root = directory.resolve("root.key");
        try {
            char[] passphrase = "a passphrase that only this example has".toCharArray();
            makeRootKey(root, passphrase);
            deliver(root, passphrase);
        } finally {
            Files.deleteIfExists(root);
            Files.delete(directory);
        }
    }

    /** Runs once, on the issuer's machine. */
    private static void makeRootKey(Path path, char[] passphrase) {
        try (RootKey key = RootKey.random();
                KeyFile file = KeyFile.of(key, Use.PRODUCTION);
                Seal seal = Seal.passphrase(passphrase)) {
            file.create(path, seal);
        }
        try {
            KeyFile.loadTestKey(path).close();
        } catch (KeyFileException e) {
            check(e.kind().equals("passphrase-needed"), "the file is locked");
        }
    }

    private static void deliver(Path root, char[] passphrase) {
        List<String> roster = List.of(
                "123456789018", "1234-5678-9018", "000000000140", "123456789012", "　000000000051");

        try (Unlock unlock = new Unlock().passphrase(passphrase);
                KeyFile file = KeyFile.load(root, unlock);
                RootKey rootKey = file.rootKey();
                ScopeKey ntaKey = rootKey.scopeKey(Scope.parse("agency/nta/1"));
                ScopeKey insurersKey = rootKey.scopeKey(Scope.parse("insurers/all/1"));
                ScopeKey eligibilityKey = rootKey.scopeKey(Scope.parse("eligibility/all/1"));
                SymbolKey nta = SymbolKey.of(ntaKey);
                SymbolKey insurers = SymbolKey.of(insurersKey);
                SymbolKey eligibility = SymbolKey.eligibility(insurersKey, eligibilityKey);
                IssuerKey issuer = IssuerKey.of(eligibilityKey)) {

            // Values of real files are normalised first, and every refused row is counted.
            List<String> strict = new ArrayList<>();
            for (String cell : roster) {
                try (Normalized normalized = Normalized.normalize(cell, LostZeros.REFUSE)) {
                    strict.add(new String(normalized.exposeDigits(), java.nio.charset.StandardCharsets.US_ASCII));
                }
            }
            Batch batch = nta.convert(strict);
            for (Fault fault : batch.faults()) {
                System.out.println("row " + fault.row() + ": " + fault.kind());
            }
            check(batch.size() == 5 && batch.faults().size() == 1, "one row in five is refused");

            // Sorted by symbol, so that the delivery does not show the order of the roster.
            List<Symbol> symbols = new ArrayList<>();
            for (int row = 0; row < batch.size(); row++) {
                batch.symbol(row).ifPresent(symbols::add);
            }
            List<Symbol> delivery = symbols.stream().sorted().distinct().toList();
            check(delivery.size() == 3, "one person is twice in the roster");
            KeyTag tag = nta.tag();
            for (Symbol symbol : delivery) {
                check(nta.parseText(nta.text(symbol)).equals(symbol), "the text form comes back");
                check(symbol.toText(tag).startsWith("kikan1"), "it names its purpose");
            }

            // The eligibility symbol derives from the number, or from the insurers' symbol where nobody may see the
            // number.
            try (MyNumber number = MyNumber.parse(roster.get(0))) {
                check(eligibility.symbol(number).equals(issuer.symbol(insurers.symbol(number))), "both ways meet");
            }
        }
        System.out.println("delivered");
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("does not hold: " + what);
        }
    }
}
