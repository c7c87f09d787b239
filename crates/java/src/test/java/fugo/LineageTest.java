package fugo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LineageTest {
    private static MyNumber number(long body) {
        return MyNumber.parse(Known.number(body));
    }

    private static Lineage.Reissue pair(long number, long previous) {
        return new Lineage.Reissue(number(number), number(previous));
    }

    private static LineageException refused(Lineage.Reissue... pairs) {
        return assertThrows(LineageException.class, () -> Lineage.of(List.of(pairs)));
    }

    @Test
    void aChainResolvesToItsFirstNumber() {
        try (Lineage lineage = Lineage.of(List.of(pair(2, 1), pair(3, 2), pair(12, 11)))) {
            assertEquals(3, lineage.size());
            assertEquals(number(1), lineage.first(number(3)));
            assertEquals(number(1), lineage.first(number(2)));
            assertEquals(number(1), lineage.first(number(1)));
            assertEquals(number(11), lineage.first(number(12)));
            assertEquals(number(99), lineage.first(number(99)));
            assertEquals("Lineage(..)", lineage.toString());
        }
        try (Lineage none = Lineage.of(List.of())) {
            assertEquals(0, none.size());
            assertEquals(number(5), none.first(number(5)));
        }
    }

    /** Every seventh number above 100 was issued in the place of the one seven before it. */
    private static Lineage sevens(int count) {
        List<Lineage.Reissue> pairs = new ArrayList<>();
        for (int i = 105; i <= count; i += 7) {
            pairs.add(pair(i, i - 7));
        }
        return Lineage.of(pairs);
    }

    @Test
    void aBatchWithALineageHasTheSymbolsOfTheFirstNumbersAndCountsTheRowsThatItReplaced() {
        for (int count : new int[] {0, 1, 104, 105, 1024, 1025, 3000}) {
            byte[] rows = Known.rows(count);
            List<String> texts = new ArrayList<>();
            byte[] expected = new byte[16 * count];
            int reissued = 0;
            try (SymbolKey key = Known.symbolKey(Known.SCOPE); Lineage lineage = sevens(3000)) {
                for (int row = 0; row < count; row++) {
                    texts.add(Known.number(row + 1));
                    MyNumber first = lineage.first(number(row + 1));
                    System.arraycopy(key.symbol(first).toBytes(), 0, expected, 16 * row, 16);
                    reissued += first.equals(number(row + 1)) ? 0 : 1;
                }
                assertEquals(count < 105 ? 0 : (count - 105) / 7 + 1, reissued);

                assertArrayEquals(expected, key.symbols(rows, lineage));
                Batch batch = key.convert(rows, lineage);
                assertArrayEquals(expected, batch.bytes());
                assertEquals(reissued, batch.reissued());
                assertEquals(reissued, batch.faults().reissued());
                assertTrue(batch.faults().isEmpty());
                assertEquals(0, key.convert(rows).reissued());

                byte[] out = new byte[expected.length + 3];
                key.symbols(rows, 0, out, 3, count, lineage);
                assertArrayEquals(expected, Arrays.copyOfRange(out, 3, out.length));
                Arrays.fill(out, (byte) 0);
                assertEquals(reissued, key.convert(rows, 0, out, 3, count, lineage).reissued());
                assertArrayEquals(expected, Arrays.copyOfRange(out, 3, out.length));

                ByteBuffer to = ByteBuffer.allocateDirect(expected.length);
                key.symbols(ByteBuffer.wrap(rows), to, lineage);
                byte[] copy = new byte[expected.length];
                to.flip().get(copy);
                assertArrayEquals(expected, copy);
                assertEquals(reissued, key.convert(ByteBuffer.wrap(rows), to.clear(), lineage).reissued());

                List<Symbol> symbols = key.symbols(texts, lineage);
                assertEquals(count, symbols.size());
                for (int row = 0; row < count; row++) {
                    assertEquals(Symbol.of(Purpose.AGENCY, expected, 16 * row), symbols.get(row));
                }
                assertEquals(reissued, key.convert(texts, lineage).reissued());
            }
        }
    }

    @Test
    void refusedRowsOfABatchWithALineageAreListedAndNotCountedAsReplaced() {
        byte[] rows = Known.rows(1100);
        rows[12 * 104] = 'x';
        rows[12 * 1090 + 3] = 'x';
        try (SymbolKey key = Known.symbolKey(Known.SCOPE); Lineage lineage = sevens(1100)) {
            Batch batch = key.convert(rows, lineage);
            assertEquals(2, batch.faults().size());
            assertEquals(104, batch.faults().get(0).row());
            assertEquals(1090, batch.faults().get(1).row());
            assertEquals(OptionalInt.of(3), batch.faults().get(1).offset());
            assertEquals(lineage.size() - 1, batch.reissued());
            assertTrue(batch.faults().refused(1090));
            MyNumberException error = assertThrows(MyNumberException.class, () -> key.symbols(rows, lineage));
            assertEquals(OptionalInt.of(104), error.row());
            List<String> texts = List.of(Known.number(105), "12345", "");
            batch = key.convert(texts, lineage);
            assertEquals(1, batch.reissued());
            assertEquals("length", batch.faults().get(0).kind());
            assertEquals(OptionalInt.of(5), batch.faults().get(0).found());
            assertThrows(NullPointerException.class, () -> key.convert(rows, null));
            lineage.close();
            assertThrows(IllegalStateException.class, () -> key.convert(rows, lineage));
        }
    }

    @Test
    void theFirstPairAtFaultIsNamed() {
        LineageException error = refused(pair(2, 1), pair(3, 3));
        assertEquals("self-pair", error.kind());
        assertEquals(OptionalInt.of(1), error.pair());
        error = refused(pair(2, 1), pair(4, 3), pair(2, 5));
        assertEquals("duplicate-new", error.kind());
        assertEquals(OptionalInt.of(2), error.pair());
        error = refused(pair(2, 1), pair(3, 1));
        assertEquals("duplicate-previous", error.kind());
        assertEquals(OptionalInt.of(1), error.pair());
        error = refused(pair(2, 1), pair(1, 2));
        assertEquals("cycle", error.kind());
        assertEquals(OptionalInt.empty(), error.pair());
    }

    @Test
    void aLineageOutlivesTheNumbersThatItWasMadeOf() {
        List<Lineage.Reissue> pairs = new ArrayList<>();
        for (int i = 1; i <= 3000; i++) {
            pairs.add(pair(i + 1, i));
        }
        try (Lineage lineage = Lineage.of(pairs)) {
            pairs.forEach(pair -> {
                pair.number().close();
                pair.previous().close();
            });
            assertEquals(number(1), lineage.first(number(3001)));
            assertThrows(IllegalStateException.class, () -> Lineage.of(pairs));
        }
    }

    @Test
    void nothingOfAPairIsPrintedAndNullIsRefused() {
        assertEquals("Reissue[number=MyNumber(..), previous=MyNumber(..)]", pair(2, 1).toString());
        assertThrows(NullPointerException.class, () -> new Lineage.Reissue(number(1), null));
        assertThrows(NullPointerException.class, () -> new Lineage.Reissue(null, number(1)));
        assertThrows(NullPointerException.class, () -> Lineage.of(null));
    }
}
