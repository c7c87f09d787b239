package fugo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class BatchTest {
    /** Sizes around 1,024, the number of rows that are copied together. */
    private static final int[] COUNTS = {0, 1, 2, 1023, 1024, 1025, 3000};

    private static SymbolKey key;

    @BeforeAll
    static void prepare() {
        key = Known.symbolKey(Known.SCOPE);
    }

    @AfterAll
    static void close() {
        key.close();
    }

    /** The results of the scalar call, row by row. */
    private static byte[] oneByOne(SymbolKey key, byte[] rows) {
        byte[] out = new byte[rows.length / 12 * 16];
        for (int row = 0; row < rows.length / 12; row++) {
            MyNumber number = MyNumber.parse(Arrays.copyOfRange(rows, row * 12, row * 12 + 12));
            System.arraycopy(key.symbol(number).toBytes(), 0, out, row * 16, 16);
        }
        return out;
    }

    private static List<String> texts(byte[] rows) {
        List<String> texts = new ArrayList<>();
        for (int at = 0; at < rows.length; at += 12) {
            texts.add(new String(rows, at, 12, StandardCharsets.US_ASCII));
        }
        return texts;
    }

    @Test
    void everyDoorGivesTheSymbolsOfTheScalarCall() {
        try (SymbolKey eligibility = Known.eligibilityKey()) {
            for (SymbolKey key : List.of(key, eligibility)) {
                for (int count : COUNTS) {
                    byte[] rows = Known.rows(count);
                    byte[] expected = oneByOne(key, rows);
                    assertArrayEquals(expected, key.symbols(rows));

                    byte[] wide = new byte[7 + rows.length + 5];
                    System.arraycopy(rows, 0, wide, 7, rows.length);
                    byte[] out = new byte[3 + expected.length + 1];
                    key.symbols(wide, 7, out, 3, count);
                    assertArrayEquals(expected, Arrays.copyOfRange(out, 3, 3 + expected.length));
                    assertEquals(0, out[0] | out[2] | out[out.length - 1]);

                    List<Symbol> symbols = key.symbols(texts(rows));
                    assertEquals(count, symbols.size());
                    for (int row = 0; row < count; row++) {
                        assertEquals(Symbol.of(key.scope().purpose(), expected, row * 16), symbols.get(row));
                    }

                    Batch batch = key.convert(rows);
                    assertArrayEquals(expected, batch.bytes());
                    assertEquals(count, batch.size());
                    assertTrue(batch.faults().isEmpty());
                }
            }
        }
    }

    @Test
    void buffersOfEveryKindGiveTheSame() {
        for (int count : COUNTS) {
            byte[] rows = Known.rows(count);
            byte[] expected = oneByOne(key, rows);
            for (boolean direct : new boolean[] {true, false}) {
                IntFunction<ByteBuffer> allocate = direct ? ByteBuffer::allocateDirect : ByteBuffer::allocate;
                ByteBuffer from = allocate.apply(rows.length + 9);
                from.position(5).put(rows).position(5).limit(5 + rows.length);
                ByteBuffer to = allocate.apply(expected.length + 9).position(2);
                key.symbols(from.asReadOnlyBuffer(), to.duplicate());
                key.symbols(from, to);
                assertEquals(0, from.remaining());
                assertEquals(2 + expected.length, to.position());
                byte[] out = new byte[expected.length];
                to.get(2, out);
                assertArrayEquals(expected, out);
                assertEquals(0, to.get(0) | to.get(1) | to.get(to.position()));

                ByteBuffer slice = from.position(5).slice();
                ByteBuffer sliced = to.position(2).slice();
                assertTrue(key.convert(slice, sliced).isEmpty());
                sliced.get(0, out);
                assertArrayEquals(expected, out);
            }
        }
    }

    /** Rows with faults at these indices: in turn a letter, a wrong check digit and twelve zeros. */
    private static byte[] spoilt(int count, int... places) {
        byte[] rows = Known.rows(count);
        for (int i = 0; i < places.length; i++) {
            int at = places[i] * 12;
            switch (i % 3) {
                case 0 -> rows[at + places[i] % 12] = 'x';
                case 1 -> rows[at + 11] = (byte) ('0' + (rows[at + 11] - '0' + 1) % 10);
                default -> Arrays.fill(rows, at, at + 12, (byte) '0');
            }
        }
        return rows;
    }

    @Test
    void aRefusedRowIsZerosAndAFaultAndMovesNoOther() {
        int[] places = {0, 1, 5, 1023, 1024, 1500, 2047, 2999};
        byte[] rows = spoilt(3000, places);
        byte[] expected = oneByOne(key, Known.rows(3000));
        for (int place : places) {
            Arrays.fill(expected, place * 16, place * 16 + 16, (byte) 0);
        }
        ByteBuffer from = ByteBuffer.allocateDirect(rows.length).put(rows).flip();
        ByteBuffer to = ByteBuffer.allocateDirect(expected.length);
        Faults ofBuffers = key.convert(from, to);
        byte[] out = new byte[expected.length];
        to.get(0, out);
        assertArrayEquals(expected, out);
        Batch ofTexts = key.convert(texts(rows));
        assertArrayEquals(expected, ofTexts.bytes());
        Batch batch = key.convert(rows);
        assertArrayEquals(expected, batch.bytes());

        for (Faults faults : List.of(batch.faults(), ofBuffers, ofTexts.faults())) {
            assertEquals(places.length, faults.size());
            for (int i = 0; i < places.length; i++) {
                Fault fault = faults.get(i);
                byte[] row = Arrays.copyOfRange(rows, places[i] * 12, places[i] * 12 + 12);
                MyNumberException alone = assertThrows(MyNumberException.class, () -> MyNumber.parse(row));
                assertEquals(places[i], fault.row());
                assertEquals(alone.kind(), fault.kind());
                assertEquals(alone.offset(), fault.offset());
                assertEquals(alone.found(), fault.found());
                assertEquals(alone.getMessage(), fault.message());
                assertTrue(faults.refused(fault.row()));
            }
            assertFalse(faults.refused(2));
            assertFalse(faults.refused(3000));
            assertThrows(IndexOutOfBoundsException.class, () -> faults.get(places.length));
            assertThrows(UnsupportedOperationException.class, () -> faults.remove(0));
        }
        assertEquals(Optional.empty(), batch.symbol(1023));
        assertEquals(Optional.of(Symbol.of(Purpose.AGENCY, expected, 2 * 16)), batch.symbol(2));
        assertThrows(IndexOutOfBoundsException.class, () -> batch.symbol(3000));
        assertEquals("Batch(3000 rows, 8 refused)", batch.toString());
    }

    @Test
    void textsOfAnyLengthHaveTheFaultsOfTheStrictParse() {
        List<String> texts = new ArrayList<>(texts(Known.rows(2500)));
        String zeros = "\0".repeat(12);
        String[] odd = {"", "1", "1234567890185", "１２３４５６７８９０１８", "12345678901é", zeros, "12345678901x"};
        for (int i = 0; i < odd.length; i++) {
            texts.set(i * 400, odd[i]);
        }
        Batch batch = key.convert(texts);
        assertEquals(odd.length, batch.faults().size());
        for (int i = 0; i < odd.length; i++) {
            String text = odd[i];
            Fault fault = batch.faults().get(i);
            MyNumberException alone = assertThrows(MyNumberException.class, () -> MyNumber.parse(text));
            assertEquals(i * 400, fault.row());
            assertEquals(alone.getMessage(), fault.message());
            assertEquals(alone.offset(), fault.offset());
            assertEquals(alone.found(), fault.found());
        }
        Iterable<StringBuilder> builders = () -> texts(Known.rows(3)).stream().map(StringBuilder::new).iterator();
        assertEquals(3, key.symbols(builders).size());
    }

    @Test
    void byDefaultARefusedRowRefusesTheBatchAndLeavesZeros() {
        byte[] rows = spoilt(3000, 2000, 2500);
        MyNumberException error = assertThrows(MyNumberException.class, () -> key.symbols(rows));
        assertEquals(OptionalInt.of(2000), error.row());
        assertEquals("non-digit", error.kind());
        assertEquals(OptionalInt.of(2000 % 12), error.offset());
        assertTrue(error.getMessage().startsWith("row 2000: the byte at offset 8 is not an ASCII digit"), error.getMessage());
        assertEquals(OptionalInt.of(2000), assertThrows(MyNumberException.class, () -> key.symbols(texts(rows))).row());

        byte[] out = new byte[3000 * 16 + 2];
        Arrays.fill(out, (byte) 7);
        assertThrows(MyNumberException.class, () -> key.symbols(rows, 0, out, 1, 3000));
        assertEquals(7, out[0]);
        assertEquals(7, out[out.length - 1]);
        assertArrayEquals(new byte[3000 * 16], Arrays.copyOfRange(out, 1, out.length - 1));

        ByteBuffer from = ByteBuffer.allocateDirect(rows.length).put(rows).flip();
        ByteBuffer to = ByteBuffer.wrap(out).position(1);
        Arrays.fill(out, (byte) 7);
        assertThrows(MyNumberException.class, () -> key.symbols(from, to));
        assertEquals(0, from.position());
        assertEquals(1, to.position());
        assertEquals(7, out[0]);
        assertEquals(7, out[out.length - 1]);
        assertArrayEquals(new byte[3000 * 16], Arrays.copyOfRange(out, 1, out.length - 1));
    }

    @Test
    void aBatchOfNothingButFaultsIsListedWhole() {
        byte[] rows = "123456789012".repeat(5000).getBytes(StandardCharsets.US_ASCII);
        Batch batch = key.convert(rows);
        assertEquals(5000, batch.faults().size());
        assertEquals(4999, batch.faults().get(4999).row());
        assertArrayEquals(new byte[5000 * 16], batch.bytes());
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeAnythingIsWritten() {
        byte[] rows = Known.rows(10);
        byte[] out = new byte[160];
        assertThrows(IllegalArgumentException.class, () -> key.symbols(new byte[13]));
        assertThrows(IndexOutOfBoundsException.class, () -> key.symbols(rows, 1, out, 0, 10));
        assertThrows(IndexOutOfBoundsException.class, () -> key.symbols(rows, -1, out, 0, 9));
        assertThrows(IndexOutOfBoundsException.class, () -> key.symbols(rows, 0, out, 1, 10));
        assertThrows(IndexOutOfBoundsException.class, () -> key.symbols(rows, 0, out, -1, 9));
        assertThrows(IndexOutOfBoundsException.class, () -> key.symbols(rows, 0, out, 0, -1));
        assertThrows(IndexOutOfBoundsException.class, () -> key.symbols(rows, 0, out, 0, Integer.MAX_VALUE));
        assertThrows(IndexOutOfBoundsException.class, () -> key.symbols(rows, Integer.MAX_VALUE, out, 0, 1));
        ByteBuffer buffer = ByteBuffer.wrap(rows);
        assertThrows(BufferOverflowException.class, () -> key.symbols(buffer, ByteBuffer.allocate(159)));
        ByteBuffer readOnly = ByteBuffer.allocate(160).asReadOnlyBuffer();
        assertThrows(ReadOnlyBufferException.class, () -> key.symbols(buffer, readOnly));
        ByteBuffer part = ByteBuffer.allocate(13);
        assertThrows(IllegalArgumentException.class, () -> key.symbols(part, ByteBuffer.allocate(32)));
        assertThrows(IllegalArgumentException.class, () -> key.symbols(buffer, buffer));
        assertEquals(0, buffer.position());
        assertArrayEquals(new byte[160], out);
    }

    @Test
    void oneArrayServesBothSidesOnlyApart() {
        byte[] both = Arrays.copyOf(Known.rows(10), 120 + 160);
        assertThrows(IllegalArgumentException.class, () -> key.symbols(both, 0, both, 119, 10));
        assertThrows(IllegalArgumentException.class, () -> key.symbols(both, 100, both, 0, 10));
        byte[] expected = oneByOne(key, Known.rows(10));
        key.symbols(both, 0, both, 120, 10);
        assertArrayEquals(expected, Arrays.copyOfRange(both, 120, 280));
    }

    @Test
    void nullIsRefusedAtEveryDoor() {
        assertThrows(NullPointerException.class, () -> key.symbol(null));
        assertThrows(NullPointerException.class, () -> key.symbols((byte[]) null));
        assertThrows(NullPointerException.class, () -> key.symbols(null, 0, new byte[16], 0, 1));
        assertThrows(NullPointerException.class, () -> key.symbols(new byte[12], 0, null, 0, 1));
        assertThrows(NullPointerException.class, () -> key.symbols((Iterable<String>) null));
        assertThrows(NullPointerException.class, () -> key.symbols(Arrays.asList(Known.NUMBER, null)));
        assertThrows(NullPointerException.class, () -> key.symbols(null, ByteBuffer.allocate(0)));
        assertThrows(NullPointerException.class, () -> key.symbols(ByteBuffer.allocate(0), null));
    }

    @Test
    void theIssuersBatchGivesTheSymbolsOfItsScalarCall() {
        try (SymbolKey insurersKey = Known.symbolKey("insurers/all/1");
                SymbolKey both = Known.eligibilityKey();
                ScopeKey eligibility = Known.scopeKey("eligibility/all/1");
                IssuerKey issuer = IssuerKey.of(eligibility)) {
            for (int count : COUNTS) {
                byte[] rows = Known.rows(count);
                byte[] insurers = insurersKey.symbols(rows);
                byte[] expected = both.symbols(rows);
                assertArrayEquals(expected, issuer.symbols(insurers));
                byte[] out = new byte[expected.length + 1];
                issuer.symbols(insurers, 0, out, 1, count);
                assertArrayEquals(expected, Arrays.copyOfRange(out, 1, out.length));
                ByteBuffer to = ByteBuffer.allocateDirect(expected.length);
                issuer.symbols(ByteBuffer.allocateDirect(insurers.length).put(insurers).flip(), to);
                assertEquals(ByteBuffer.wrap(expected), to.flip());
            }
            // Rows that were refused before do not become one person.
            byte[] refused = Arrays.copyOf(insurersKey.symbols(Known.rows(1)), 32);
            byte[] out = new byte[32];
            for (Executable use : List.<Executable>of(
                    () -> issuer.symbols(refused),
                    () -> issuer.symbols(refused, 0, out, 0, 2),
                    () -> issuer.symbols(ByteBuffer.wrap(refused), ByteBuffer.wrap(out)))) {
                TextFormException error = assertThrows(TextFormException.class, use);
                assertEquals("no-symbol", error.kind());
                assertTrue(error.getMessage().startsWith("row 1: "), error.getMessage());
            }
            assertArrayEquals(new byte[32], out);
            assertThrows(IllegalArgumentException.class, () -> issuer.symbols(new byte[17]));
            byte[] one = new byte[32];
            assertThrows(IllegalArgumentException.class, () -> issuer.symbols(one, 0, one, 8, 1));
        }
    }

    @Test
    void buffersThatOverlapInOneArrayAreRefused() {
        byte[] rows = Known.rows(10);
        byte[] both = Arrays.copyOf(rows, 120 + 160);
        try (SymbolKey key = Known.symbolKey(Known.SCOPE)) {
            byte[] expected = key.symbols(rows);
            ByteBuffer from = ByteBuffer.wrap(both, 0, 120);
            List<ByteBuffer> overlapping = List.of(
                    ByteBuffer.wrap(both), from.duplicate().clear(), ByteBuffer.wrap(both).position(119).slice());
            for (ByteBuffer to : overlapping) {
                assertThrows(IllegalArgumentException.class, () -> key.convert(from, to));
                assertEquals(0, from.position());
            }
            ByteBuffer apart = ByteBuffer.wrap(both).position(120).slice();
            key.symbols(from, apart);
            assertArrayEquals(expected, Arrays.copyOfRange(both, 120, both.length));
        }
    }

    @Test
    void aRowThatIsNullIsNamed() {
        List<String> texts = new ArrayList<>(Collections.nCopies(1500, Known.NUMBER));
        texts.set(1400, null);
        try (SymbolKey key = Known.symbolKey(Known.SCOPE)) {
            for (Executable call : List.<Executable>of(() -> key.convert(texts), () -> key.symbols(texts))) {
                assertEquals("row 1400 is null", assertThrows(NullPointerException.class, call).getMessage());
            }
        }
    }
}
