package fugo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SymbolTest {
    private static Symbol symbol(String hex) {
        return Symbol.of(Purpose.AGENCY, Known.bytes(hex));
    }

    @Test
    void sixteenZeroBytesAreNobodysSymbol() {
        for (Executable use : List.<Executable>of(
                () -> Symbol.of(Purpose.AGENCY, new byte[16]), () -> Symbol.of(Purpose.AGENCY, new byte[32], 16))) {
            assertEquals("no-symbol", assertThrows(TextFormException.class, use).kind());
        }
    }

    @Test
    void symbolsSortByTheirUnsignedBytes() {
        Random random = new Random(1);
        List<byte[]> bytes = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            byte[] one = new byte[16];
            random.nextBytes(one);
            // Half of them have the same first eight bytes, so that the other bytes decide.
            Arrays.fill(one, 0, i % 2 * 8, (byte) 0x80);
            bytes.add(one);
        }
        List<Symbol> symbols = new ArrayList<>(bytes.stream().map(one -> Symbol.of(Purpose.AGENCY, one)).toList());
        bytes.sort(Arrays::compareUnsigned);
        symbols.sort(null);
        for (int i = 0; i < bytes.size(); i++) {
            assertArrayEquals(bytes.get(i), symbols.get(i).toBytes());
        }
        assertTrue(symbol("7f".repeat(16)).compareTo(symbol("80" + "00".repeat(15))) < 0);
        assertEquals(0, symbol(Known.AGENCY).compareTo(symbol(Known.AGENCY)));
    }

    @Test
    void symbolsOfTwoPurposesAreNeverEqualAndDoNotCompare() {
        Symbol agency = symbol(Known.AGENCY);
        Symbol insurers = Symbol.of(Purpose.INSURERS, Known.bytes(Known.AGENCY));
        assertNotEquals(agency, insurers);
        ClassCastException error = assertThrows(ClassCastException.class, () -> agency.compareTo(insurers));
        assertEquals("symbols of purposes agency and insurers cannot be compared", error.getMessage());
        try (SymbolKey key = Known.symbolKey(Known.SCOPE);
                ScopeKey eligibility = Known.scopeKey("eligibility/all/1");
                IssuerKey issuer = IssuerKey.of(eligibility)) {
            isOfWrongPurpose(() -> key.text(insurers));
            isOfWrongPurpose(() -> issuer.text(insurers));
            isOfWrongPurpose(() -> issuer.symbol(agency));
        }
    }

    @Test
    void bytesGoInAndOutAsTheyAre() {
        Symbol symbol = symbol(Known.AGENCY);
        assertEquals(Known.AGENCY, symbol.hex());
        assertEquals(Known.AGENCY, Known.hex(symbol.toBytes()));
        assertEquals(symbol, Symbol.of(Purpose.AGENCY, Known.bytes("ff" + Known.AGENCY + "ff"), 1));
        assertEquals(symbol.hashCode(), symbol(Known.AGENCY).hashCode());
        assertEquals("AgencySymbol(..)", symbol.toString());
        assertThrows(IllegalArgumentException.class, () -> Symbol.of(Purpose.AGENCY, new byte[15]));
        assertThrows(IndexOutOfBoundsException.class, () -> Symbol.of(Purpose.AGENCY, new byte[31], 16));
        assertThrows(IndexOutOfBoundsException.class, () -> Symbol.of(Purpose.AGENCY, new byte[31], -1));
        assertThrows(NullPointerException.class, () -> Symbol.of(null, new byte[16]));
    }

    @Test
    void theTextFormNamesPurposeAndKey() {
        KeyTag tag = KeyTag.parse(Known.SCOPE_TAG);
        assertEquals(Known.AGENCY_TEXT, symbol(Known.AGENCY).toText(tag));
        assertEquals(symbol(Known.AGENCY), Symbol.fromText(Known.AGENCY_TEXT, Purpose.AGENCY, tag));
        SymbolText text = SymbolText.decode(Known.AGENCY_TEXT);
        assertEquals(new SymbolText(tag, symbol(Known.AGENCY)), text);
        assertEquals(Known.AGENCY_TEXT, text.encode());
        assertEquals("SymbolText[tag=7c2cb2a1, symbol=AgencySymbol(..)]", text.toString());
    }

    @Test
    void aTextOfAnotherKindIsRefusedWithItsReason() {
        KeyTag tag = KeyTag.parse(Known.SCOPE_TAG);
        assertEquals("corrupted", refused(Known.AGENCY_TEXT.toUpperCase(), Purpose.AGENCY, tag));
        assertEquals("corrupted", refused(Known.AGENCY_TEXT + " ", Purpose.AGENCY, tag));
        assertEquals("corrupted", refused(Known.AGENCY_TEXT.replace('9', '8'), Purpose.AGENCY, tag));
        assertEquals("corrupted", refused("", Purpose.AGENCY, tag));
        assertEquals("corrupted", refused("符号", Purpose.AGENCY, tag));
        assertEquals("wrong-purpose", refused(Known.AGENCY_TEXT, Purpose.PORTAL, tag));
        assertEquals("wrong-key", refused(Known.AGENCY_TEXT, Purpose.AGENCY, KeyTag.parse("00000000")));
        assertEquals("unknown-part", refused("a1lqfn3a", Purpose.AGENCY, tag));
        assertEquals("corrupted", assertThrows(TextFormException.class, () -> SymbolText.decode("kikan1")).kind());
    }

    private static String refused(String text, Purpose purpose, KeyTag tag) {
        return assertThrows(TextFormException.class, () -> Symbol.fromText(text, purpose, tag)).kind();
    }

    private static void isOfWrongPurpose(Executable use) {
        assertEquals("wrong-purpose", assertThrows(PurposeException.class, use).kind());
    }
}
