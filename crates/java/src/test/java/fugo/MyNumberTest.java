package fugo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MyNumberTest {
    private static MyNumberException refused(CharSequence text) {
        MyNumberException error = assertThrows(MyNumberException.class, () -> MyNumber.parse(text));
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        assertEquals(error.kind(), assertThrows(MyNumberException.class, () -> MyNumber.parse(bytes)).kind());
        char[] chars = text.toString().toCharArray();
        MyNumberException same = assertThrows(MyNumberException.class, () -> MyNumber.parse(chars));
        assertEquals(error.getMessage(), same.getMessage());
        assertEquals(OptionalInt.empty(), error.row());
        return error;
    }

    @Test
    void theFirstErrorThatAppliesIsReported() {
        MyNumberException error = refused("12345678901x");
        assertEquals("non-digit", error.kind());
        assertEquals(OptionalInt.of(11), error.offset());
        assertEquals(OptionalInt.empty(), error.found());
        assertEquals("the byte at offset 11 is not an ASCII digit; a MyNumber is twelve ASCII digits", error.getMessage());

        error = refused("12345");
        assertEquals("length", error.kind());
        assertEquals(OptionalInt.of(5), error.found());
        assertEquals(OptionalInt.empty(), error.offset());

        assertEquals("check-digit", refused("123456789012").kind());
        assertEquals("never-issued", refused("000000000000").kind());
        assertEquals(OptionalInt.of(0), refused("").found());
        assertEquals("non-digit", refused(" 123456789018").kind());
    }

    @Test
    void offsetsCountBytesOfUtf8() {
        assertEquals(OptionalInt.of(0), refused("１23456789018").offset());
        assertEquals(OptionalInt.of(1), refused("1２3456789018").offset());
        assertEquals(OptionalInt.of(3), refused("123\ud83d\ude00456789018").offset());
        assertEquals(OptionalInt.of(2), refused("12\ud83d").offset());
        assertEquals(OptionalInt.of(12), refused("123456789018\u0000").offset());
    }

    @Test
    void everyDoorGivesTheSameNumber() {
        MyNumber number = MyNumber.parse(Known.NUMBER);
        assertEquals(number, MyNumber.parse(Known.NUMBER.toCharArray()));
        assertEquals(number, MyNumber.parse(Known.NUMBER.getBytes(StandardCharsets.US_ASCII)));
        assertEquals(number, MyNumber.parse(new StringBuilder(Known.NUMBER)));
        assertEquals(number, MyNumber.parse(CharBuffer.wrap("x" + Known.NUMBER + "x", 1, 13)));
        assertEquals(Known.NUMBER, new String(number.exposeDigits(), StandardCharsets.US_ASCII));
    }

    @Test
    void theArrayThatWasParsedIsNotKept() {
        byte[] text = Known.NUMBER.getBytes(StandardCharsets.US_ASCII);
        MyNumber number = MyNumber.parse(text);
        text[0] = 'x';
        assertEquals(MyNumber.parse(Known.NUMBER), number);
        number.exposeDigits()[0] = 'x';
        assertEquals(MyNumber.parse(Known.NUMBER), number);
    }

    @Test
    void theCheckDigitOfABodyIsThatOfTheFormula() {
        assertEquals(8, MyNumber.checkDigit("12345678901"));
        assertEquals(8, MyNumber.checkDigit("12345678901".getBytes(StandardCharsets.US_ASCII)));
        assertEquals(0, MyNumber.checkDigit("00000000000"));
        MyNumberException error = assertThrows(MyNumberException.class, () -> MyNumber.checkDigit("1234567890"));
        assertEquals("length", error.kind());
        assertEquals(OptionalInt.of(10), error.found());
        error = assertThrows(MyNumberException.class, () -> MyNumber.checkDigit("12345-78901"));
        assertEquals("non-digit", error.kind());
        assertEquals(OptionalInt.of(5), error.offset());
    }

    @Test
    void equalNumbersHaveEqualHashesAndMakeOneElement() {
        Set<MyNumber> numbers = new HashSet<>();
        for (int i = 1; i <= 20_000; i++) {
            assertTrue(numbers.add(MyNumber.parse(Known.number(i))));
            assertFalse(numbers.add(MyNumber.parse(Known.number(i))));
        }
        Set<Integer> hashes = new HashSet<>();
        numbers.forEach(number -> hashes.add(number.hashCode()));
        assertTrue(hashes.size() > 19_900, "hashes are spread: " + hashes.size());
        assertNotEquals(MyNumber.parse(Known.NUMBER), (Object) Known.NUMBER);
        assertNotEquals(MyNumber.parse(Known.NUMBER), null);
    }

    @Test
    void aClosedNumberIsWipedAndRefused() {
        MyNumber number = MyNumber.parse(Known.NUMBER);
        byte[] place = number.digits();
        number.close();
        number.close();
        assertArrayEquals(new byte[12], place);
        assertThrows(IllegalStateException.class, number::exposeDigits);
        assertEquals(number, number);
        assertNotEquals(MyNumber.parse(Known.NUMBER), number);
        assertNotEquals(number, MyNumber.parse(Known.NUMBER));
        number.hashCode();
        try (SymbolKey key = Known.symbolKey(Known.SCOPE)) {
            assertThrows(IllegalStateException.class, () -> key.symbol(number));
        }
    }

    @Test
    void aNumberClosedUnderACallIsRefusedThere() {
        try (SymbolKey key = Known.symbolKey(Known.SCOPE)) {
            long symbolKey = key.value();
            byte[] wiped = new byte[12];
            assertThrows(IllegalStateException.class, () -> Native.symbol(symbolKey, wiped));
            byte[] half = "1234567\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII);
            assertThrows(IllegalStateException.class, () -> Native.symbol(symbolKey, half));
        }
    }

    @Test
    void aNumberIsNotPrintedAndNotSerialized() {
        MyNumber number = MyNumber.parse(Known.NUMBER);
        assertEquals("MyNumber(..)", number.toString());
        assertThrows(
                NotSerializableException.class,
                () -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(number));
    }

    @Test
    void nullIsRefusedAtEveryDoor() {
        assertThrows(NullPointerException.class, () -> MyNumber.parse((CharSequence) null));
        assertThrows(NullPointerException.class, () -> MyNumber.parse((char[]) null));
        assertThrows(NullPointerException.class, () -> MyNumber.parse((byte[]) null));
        assertThrows(NullPointerException.class, () -> MyNumber.checkDigit((String) null));
        assertThrows(NullPointerException.class, () -> MyNumber.checkDigit((byte[]) null));
    }
}
