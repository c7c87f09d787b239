package fugo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
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
