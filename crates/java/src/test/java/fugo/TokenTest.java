package fugo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.function.Executable;

/** Keys that a token keeps: {@code -Dfugo.token=DIR}, made by {@code crates/keystore/tokens/for_bindings}. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@EnabledIfSystemProperty(named = "fugo.token", matches = ".+")
class TokenTest {
    private static final byte[] ROWS = Known.rows(1500);

    private static KeyFile at(String name) throws IOException {
        String address = Files.readString(Path.of(System.getProperty("fugo.token"), name));
        try (Unlock unlock = new Unlock().testKeys()) {
            return KeyFile.at(address, unlock);
        }
    }

    private static ScopeKey scopeKeyAt(String name) throws IOException {
        try (KeyFile file = at(name)) {
            return file.scopeKey();
        }
    }

    private static void isRefused(String kind, Executable call) {
        assertEquals(kind, assertThrows(KeyFileException.class, call).kind());
    }

    /** First: a wrong PIN is not noticed in a process that is logged in. */
    @Test
    @Order(1)
    void eachFailureHasItsOwnKind() throws IOException {
        List<String> lines = Files.readAllLines(Path.of(System.getProperty("fugo.token"), "refused"));
        assertEquals(12, lines.size());
        try (Unlock unlock = new Unlock().testKeys();
                Unlock strict = new Unlock()) {
            for (String line : lines) {
                String[] parts = line.split(" ", 2);
                KeyFileException error = assertThrows(KeyFileException.class, () -> KeyFile.at(parts[1], unlock), line);
                assertEquals(parts[0], error.kind(), line);
                assertFalse(error.getMessage().contains("87654321"), error::getMessage);
            }
            String address = Files.readString(Path.of(System.getProperty("fugo.token"), "nta"));
            isRefused("test-key", () -> KeyFile.at(address, strict));
        }
    }

    @Test
    @Order(2)
    void aKeyThatATokenKeepsGivesTheSymbolsOfItsBytes() throws IOException {
        try (KeyFile file = at("nta");
                ScopeKey scopeKey = file.scopeKey();
                SymbolKey kept = SymbolKey.of(scopeKey);
                SymbolKey known = Known.symbolKey(Known.SCOPE)) {
            assertEquals(Known.SCOPE_TAG, file.tag().toString());
            assertEquals(Optional.of(Scope.parse(Known.SCOPE)), file.scope());
            assertEquals(Use.TEST, file.usage());
            assertFalse(file.isRoot());
            assertEquals(Scope.parse(Known.SCOPE), scopeKey.scope());
            assertEquals(Known.SCOPE_TAG, scopeKey.tag().toString());
            file.close();
            scopeKey.close();

            byte[] expected = known.symbols(ROWS);
            assertArrayEquals(expected, kept.symbols(ROWS));
            Symbol symbol = kept.symbol(MyNumber.parse(Known.NUMBER));
            assertEquals(Known.AGENCY, symbol.hex());
            assertEquals(Known.AGENCY_TEXT, kept.text(symbol));
            assertEquals(symbol, kept.parseText(Known.AGENCY_TEXT));
            Batch batch = kept.convert(List.of(Known.number(1), "12345", Known.number(2)));
            assertEquals("length", batch.faults().get(0).kind());
            assertEquals(OptionalInt.of(5), batch.faults().get(0).found());
            assertEquals(known.symbol(MyNumber.parse(Known.number(2))), batch.symbol(2).orElseThrow());
            Lineage.Reissue pair =
                    new Lineage.Reissue(MyNumber.parse(Known.number(9)), MyNumber.parse(Known.number(3)));
            try (Lineage lineage = Lineage.of(List.of(pair))) {
                assertArrayEquals(known.symbols(ROWS, lineage), kept.symbols(ROWS, lineage));
            }
        }
    }

    @Test
    @Order(3)
    void whatNeedsBytesSaysSo() throws IOException {
        try (KeyFile file = at("nta");
                ScopeKey scopeKey = file.scopeKey();
                ScopeKey bytes = Known.scopeKey(Known.SCOPE);
                SymbolKey kept = SymbolKey.of(scopeKey);
                SymbolKey other = Known.symbolKey("agency/mof/1");
                Seal seal = Seal.plaintext()) {
            isRefused("no-bytes", () -> file.create(Path.of("nowhere.key"), seal));
            isRefused("no-bytes", () -> KeyFile.of(scopeKey, Use.TEST));
            isRefused("no-bytes", () -> scopeKey.equals(bytes));
            isRefused("no-bytes", () -> bytes.equals(scopeKey));
            isRefused("no-bytes", () -> Translation.of(kept, other, new byte[16]));
            isRefused("no-bytes", () -> Translation.of(other, kept, new byte[16]));
            isRefused("wrong-kind", file::rootKey);
            isRefused("wrong-kind", () -> file.derive(Scope.parse(Known.SCOPE)));
            assertEquals(scopeKey, scopeKey);
        }
        // A root key that signs gives the bytes of a scope's key.
        try (ScopeKey signedOut = scopeKeyAt("signed-out");
                ScopeKey bytes = Known.scopeKey(Known.SCOPE)) {
            assertEquals(bytes, signedOut);
        }
    }

    @Test
    @Order(4)
    void eligibilityComesFromTwoKeysInATokenOrOne() throws IOException {
        try (ScopeKey insurers = scopeKeyAt("insurers");
                ScopeKey eligibility = scopeKeyAt("eligibility");
                ScopeKey insurersBytes = Known.scopeKey("insurers/all/1");
                ScopeKey eligibilityBytes = Known.scopeKey("eligibility/all/1");
                SymbolKey known = Known.eligibilityKey();
                IssuerKey issuer = IssuerKey.of(eligibility)) {
            byte[] expected = known.symbols(ROWS);
            List<List<ScopeKey>> pairs = List.of(
                    List.of(insurers, eligibility), List.of(insurersBytes, eligibility),
                    List.of(insurers, eligibilityBytes));
            for (List<ScopeKey> pair : pairs) {
                try (SymbolKey key = SymbolKey.eligibility(pair.get(0), pair.get(1))) {
                    assertArrayEquals(expected, key.symbols(ROWS));
                }
            }
            Symbol one = Symbol.of(Purpose.INSURERS, Known.bytes(Known.INSURERS));
            assertEquals(Known.ELIGIBILITY, issuer.symbol(one).hex());
            assertEquals(Known.ELIGIBILITY, Known.hex(issuer.symbols(one.toBytes())));
            assertEquals("insurers-missing",
                    assertThrows(PurposeException.class, () -> SymbolKey.of(eligibility)).kind());
        }
    }

    @Test
    @Order(5)
    void threadsShareAKeyThatATokenKeeps() throws IOException, InterruptedException {
        AtomicReference<Throwable> other = new AtomicReference<>();
        try (ScopeKey scopeKey = scopeKeyAt("nta");
                SymbolKey kept = SymbolKey.of(scopeKey);
                SymbolKey known = Known.symbolKey(Known.SCOPE)) {
            byte[] expected = known.symbols(ROWS);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                threads.add(new Thread(() -> {
                    try {
                        assertArrayEquals(expected, kept.symbols(ROWS));
                    } catch (Throwable e) {
                        other.set(e);
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertEquals(null, other.get());
    }

    @Test
    @Order(6)
    void aTokenThatGoesInTheMiddleOfABatchSaysSo() throws IOException {
        try (ScopeKey scopeKey = scopeKeyAt("lost");
                SymbolKey kept = SymbolKey.of(scopeKey)) {
            isRefused("session-lost", () -> kept.convert(ROWS));
            isRefused("session-lost", () -> kept.symbol(MyNumber.parse(Known.NUMBER)));
        }
        // Another address of the same token still answers.
        try (ScopeKey scopeKey = scopeKeyAt("nta");
                SymbolKey kept = SymbolKey.of(scopeKey)) {
            assertTrue(kept.symbol(MyNumber.parse(Known.NUMBER)).hex().equals(Known.AGENCY));
        }
    }
}
