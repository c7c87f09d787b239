package fugo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class TranslationTest {
    private static final String OTHER = "agency/mof/1";

    private static byte[] of(SymbolKey key, long... bodies) {
        byte[] symbols = new byte[16 * bodies.length];
        for (int row = 0; row < bodies.length; row++) {
            Symbol symbol = key.symbol(MyNumber.parse(Known.number(bodies[row])));
            System.arraycopy(symbol.toBytes(), 0, symbols, 16 * row, 16);
        }
        return symbols;
    }

    private static List<String> faults(Batch batch) {
        return batch.faults().stream().map(fault -> fault.row() + " " + fault.kind()).toList();
    }

    @Test
    void eachAskedRowHasTheSymbolThatBothKeysGiveForItsPerson() {
        for (int count : new int[] {0, 1, 1023, 1024, 1025, 3000}) {
            byte[] roster = Known.rows(count);
            try (SymbolKey from = Known.symbolKey(Known.SCOPE);
                    SymbolKey to = Known.symbolKey(OTHER);
                    Translation translation = Translation.of(from, to, from.symbols(roster))) {
                assertEquals(count, translation.size());
                assertTrue(translation.add(roster).isEmpty());
                Batch batch = translation.symbols();
                assertTrue(batch.faults().isEmpty());
                assertArrayEquals(to.symbols(roster), batch.bytes());
            }
        }
    }

    @Test
    void rowsWithoutAPersonAreListedAndKeepTheirPlace() {
        byte[] roster = Known.rows(1500);
        roster[12 * 1299 + 2] = 'x';
        try (SymbolKey from = Known.symbolKey(Known.SCOPE);
                SymbolKey to = Known.eligibilityKey()) {
            byte[] asked = of(from, 700, 5000, 1, 700, 9, 1300);
            Arrays.fill(asked, 64, 80, (byte) 0);
            byte[] expected = of(to, 700, 5000, 1, 700, 9, 1300);
            Arrays.fill(expected, 16, 32, (byte) 0);
            Arrays.fill(expected, 64, 96, (byte) 0);
            Translation translation = Translation.of(from, to, asked);
            try (translation) {
                assertEquals(6, translation.symbols().faults().size());
                Faults refused = translation.add(roster);
                assertEquals(1, refused.size());
                assertEquals(1299, refused.get(0).row());
                assertEquals("non-digit", refused.get(0).kind());
                assertEquals(OptionalInt.of(2), refused.get(0).offset());
                Batch batch = translation.symbols();
                assertArrayEquals(expected, batch.bytes());
                assertEquals(List.of("1 unknown-symbol", "4 no-symbol", "5 unknown-symbol"), faults(batch));
                assertEquals("nobody in the roster has this symbol", batch.faults().get(0).message());
                assertEquals(OptionalInt.empty(), batch.faults().get(0).found());
                assertEquals(Optional.empty(), batch.symbol(1));
                assertEquals(Purpose.ELIGIBILITY, batch.symbol(0).orElseThrow().purpose());
                assertEquals("Translation(..)", translation.toString());
            }
            List<Executable> calls =
                    List.of(translation::symbols, translation::size, () -> translation.add(roster),
                            () -> translation.add(ByteBuffer.wrap(roster)));
            calls.forEach(call -> assertThrows(IllegalStateException.class, call));
            translation.close();
        }
    }

    @Test
    void buffersAndALineageGiveTheSame() {
        byte[] roster = Known.rows(2100);
        Lineage.Reissue pair =
                new Lineage.Reissue(MyNumber.parse(Known.number(9000)), MyNumber.parse(Known.number(50)));
        try (SymbolKey from = Known.symbolKey(Known.SCOPE);
                SymbolKey to = Known.symbolKey("agency/nta/2");
                Lineage lineage = Lineage.of(List.of(pair))) {
            byte[] asked = of(from, 50, 9000, 2000);
            ByteBuffer direct = ByteBuffer.allocateDirect(12 * 2101);
            direct.put(roster, 0, 12 * 49).put(Known.number(9000).getBytes(StandardCharsets.US_ASCII));
            direct.put(roster, 12 * 50, 12 * 2050).put("12345678901x".getBytes(StandardCharsets.US_ASCII)).flip();
            try (Translation translation = Translation.of(from, to, asked)) {
                Faults refused = translation.add(direct, lineage);
                assertEquals(1, refused.reissued());
                assertEquals(2100, refused.get(0).row());
                assertEquals(0, direct.remaining());
                Batch batch = translation.symbols();
                assertEquals(List.of("1 unknown-symbol"), faults(batch));
                assertArrayEquals(of(to, 50), Arrays.copyOf(batch.bytes(), 16));
                assertArrayEquals(of(to, 2000), Arrays.copyOfRange(batch.bytes(), 32, 48));
                // Without the lineage, the new number is a person of its own.
                assertEquals(1, translation.add(direct.rewind()).size());
                assertTrue(translation.symbols().faults().isEmpty());
            }
            try (Translation translation = Translation.of(from, to, asked)) {
                byte[] one = Known.number(9000).getBytes(StandardCharsets.US_ASCII);
                assertEquals(1, translation.add(one, lineage).reissued());
                assertEquals(List.of("1 unknown-symbol", "2 unknown-symbol"), faults(translation.symbols()));
            }
        }
    }

    @Test
    void keysThatCannotTranslateAndWrongLengthsAreRefused() {
        try (SymbolKey from = Known.symbolKey(Known.SCOPE);
                SymbolKey same = Known.symbolKey(Known.SCOPE);
                SymbolKey to = Known.symbolKey(OTHER);
                ScopeKey eligibility = Known.scopeKey("eligibility/all/1");
                IssuerKey issuer = IssuerKey.of(eligibility);
                Lineage closed = Lineage.of(List.of())) {
            closed.close();
            for (SymbolKey key : List.of(from, same)) {
                PurposeException error =
                        assertThrows(PurposeException.class, () -> Translation.of(from, key, new byte[16]));
                assertEquals("same-key", error.kind());
            }
            // A program in Java cannot pass an issuer's key; the library refuses it too.
            long[] handles = {from.value(), issuer.value()};
            PurposeException error = assertThrows(
                    PurposeException.class, () -> Native.translation(handles[0], handles[1], new byte[0]));
            assertEquals("insurers-missing", error.kind());
            assertThrows(IllegalArgumentException.class, () -> Translation.of(from, to, new byte[17]));
            try (Translation translation = Translation.of(from, to, new byte[0])) {
                assertThrows(IllegalArgumentException.class, () -> translation.add(new byte[13]));
                assertThrows(IllegalArgumentException.class, () -> translation.add(ByteBuffer.allocate(13)));
                assertThrows(IllegalStateException.class, () -> translation.add(new byte[12], closed));
                assertThrows(NullPointerException.class, () -> translation.add((byte[]) null));
                assertEquals(0, translation.symbols().size());
                long handle = translation.value();
                assertThrows(IllegalStateException.class, () -> Native.tag(handle));
                assertThrows(InternalError.class, () -> Native.translate(handle, 0, new byte[11], 0, 1));
            }
            assertThrows(IllegalStateException.class, () -> Native.translate(handles[0], 0, new byte[0], 0, 0));
        }
    }

    @Test
    void threadsAddToOneTranslationAndReadWhatIsThere() throws InterruptedException {
        byte[] roster = Known.rows(4000);
        AtomicReference<Throwable> other = new AtomicReference<>();
        try (SymbolKey from = Known.symbolKey(Known.SCOPE);
                SymbolKey to = Known.symbolKey(OTHER);
                Translation translation = Translation.of(from, to, from.symbols(roster))) {
            byte[] expected = to.symbols(roster);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int first = 1000 * t;
                threads.add(new Thread(() -> {
                    try {
                        translation.add(Arrays.copyOfRange(roster, 12 * first, 12 * (first + 1000)));
                        byte[] found = translation.symbols().bytes();
                        assertArrayEquals(Arrays.copyOfRange(expected, 16 * first, 16 * (first + 1000)),
                                Arrays.copyOfRange(found, 16 * first, 16 * (first + 1000)));
                    } catch (Throwable e) {
                        other.set(e);
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(null, other.get());
            assertArrayEquals(expected, translation.symbols().bytes());
        }
    }
}
