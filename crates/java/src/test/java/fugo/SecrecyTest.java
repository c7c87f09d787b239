package fugo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No exception and no output holds a value. */
class SecrecyTest {
    /** Everything that a log would show about an error. */
    private static String logged(Throwable error) {
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void noErrorHoldsADigitOfItsInput() {
        List<Throwable> errors = new ArrayList<>();
        for (String text : List.of("998877665544", "9988776655", "99887766554x")) {
            errors.add(assertThrows(FugoException.class, () -> MyNumber.parse(text)));
            errors.add(assertThrows(FugoException.class, () -> Normalized.normalize(text + "-99", LostZeros.RESTORE)));
            errors.add(assertThrows(FugoException.class, () -> MyNumber.checkDigit(text)));
            errors.add(assertThrows(FugoException.class, () -> Scope.parse("agency/" + text + "/x")));
            try (SymbolKey key = Known.symbolKey(Known.SCOPE)) {
                errors.add(assertThrows(FugoException.class, () -> key.symbols(List.of(text))));
                errors.add(assertThrows(FugoException.class, () -> key.parseText("kikan1" + text)));
                Fault fault = key.convert(List.of(text)).faults().get(0);
                errors.add(new AssertionError(fault.toString()));
            }
            errors.add(assertThrows(FugoException.class, () -> KeyFile.parse(("fugo-key " + text).getBytes())));
            errors.add(assertThrows(IllegalArgumentException.class, () -> KeyTag.parse(text)));
        }
        assertEquals(27, errors.size());
        for (Throwable error : errors) {
            assertFalse(logged(error).contains("99887"), error::getMessage);
        }
        assertTrue(logged(new AssertionError("99887")).contains("99887"), "what is searched for would be found");
    }

    @Test
    void everythingSecretPrintsItsTypeOnly() {
        try (RootKey root = Known.root();
                ScopeKey scopeKey = root.scopeKey(Scope.parse(Known.SCOPE));
                SymbolKey key = SymbolKey.of(scopeKey);
                ScopeKey eligibility = Known.scopeKey("eligibility/all/1");
                IssuerKey issuer = IssuerKey.of(eligibility);
                KeyFile file = KeyFile.of(root, Use.TEST);
                Unlock unlock = new Unlock();
                Seal seal = Seal.plaintext();
                Lineage lineage = Lineage.of(List.of());
                SymbolKey other = Known.symbolKey("agency/mof/1");
                Translation translation = Translation.of(key, other, new byte[0]);
                MyNumber number = MyNumber.parse(Known.NUMBER);
                Normalized normalized = Normalized.normalize(Known.NUMBER, LostZeros.REFUSE)) {
            List<Object> secrets = List.of(
                    root, scopeKey, key, issuer, file, unlock, seal, lineage, number, normalized, key.symbol(number),
                    translation);
            String expected = "[RootKey(..), ScopeKey(..), SymbolKey(..), IssuerKey(..), KeyFile(..), Unlock(..), "
                    + "Seal(..), Lineage(..), MyNumber(..), Normalized(..), AgencySymbol(..), Translation(..)]";
            assertEquals(expected, secrets.toString());
        }
    }

    @Test
    void aPanicPrintsItsPlaceAndNothingElse() throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String path = System.getProperty("java.class.path");
        Process process = new ProcessBuilder(java, "-cp", path, SecrecyTest.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), output);
        assertTrue(output.matches("fugo: internal error at \\S+\\.rs:\\d+\\R"), output);
    }

    /** Makes the library panic once. */
    public static void main(String[] arguments) {
        assertThrows(InternalError.class, () -> Native.encode(99, 0, new byte[16]));
    }
}
