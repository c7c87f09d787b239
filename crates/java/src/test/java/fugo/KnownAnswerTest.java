package fugo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KnownAnswerTest {
    @Test
    void theKeyLadderGivesTheKnownKeysAndTags() {
        try (RootKey root = Known.root();
                ScopeKey key = root.scopeKey(Scope.parse(Known.SCOPE));
                ScopeKey known = ScopeKey.of(key.scope(), Known.bytes(Known.SCOPE_KEY))) {
            assertEquals(Known.ROOT_TAG, root.tag().toString());
            assertEquals(Known.LABEL, Known.hex(key.scope().label()));
            assertEquals(known, key);
            assertEquals(Known.SCOPE_TAG, key.tag().toString());
        }
    }

    @Test
    void theAgencySymbolIsTheKnownOneInBytesAndText() {
        try (SymbolKey key = Known.symbolKey(Known.SCOPE);
                MyNumber number = MyNumber.parse(Known.NUMBER)) {
            Symbol symbol = key.symbol(number);
            assertEquals(Known.AGENCY, symbol.hex());
            assertEquals(Known.AGENCY_TEXT, key.text(symbol));
            assertEquals(symbol, key.parseText(Known.AGENCY_TEXT));
            assertEquals(Purpose.AGENCY, symbol.purpose());
        }
    }

    @Test
    void theEligibilitySymbolIsTheKnownOneFromTheNumberAndFromTheInsurersSymbol() {
        try (SymbolKey insurersKey = Known.symbolKey("insurers/all/1");
                SymbolKey both = Known.eligibilityKey();
                ScopeKey eligibility = Known.scopeKey("eligibility/all/1");
                IssuerKey issuer = IssuerKey.of(eligibility);
                MyNumber number = MyNumber.parse(Known.NUMBER)) {
            Symbol insurers = insurersKey.symbol(number);
            assertEquals(Known.INSURERS, insurers.hex());
            assertEquals(Known.INSURERS_TEXT, insurersKey.text(insurers));
            assertEquals(Known.ELIGIBILITY, both.symbol(number).hex());
            assertEquals(both.symbol(number), issuer.symbol(insurers));
            assertEquals(Known.ELIGIBILITY_TEXT, both.text(both.symbol(number)));
            assertEquals(Known.ELIGIBILITY_TEXT, issuer.text(issuer.symbol(insurers)));
            assertEquals(issuer.symbol(insurers), issuer.parseText(Known.ELIGIBILITY_TEXT));
            assertEquals(both.tag(), issuer.tag());
            assertEquals(both.scope(), issuer.scope());
        }
    }

    @Test
    void everyPurposeFromNumbersGivesSymbolsOfItsOwn() {
        try (MyNumber number = MyNumber.parse(Known.NUMBER)) {
            java.util.Set<String> seen = new java.util.HashSet<>();
            for (Purpose purpose : Purpose.values()) {
                if (purpose == Purpose.ELIGIBILITY) {
                    continue;
                }
                try (SymbolKey key = Known.symbolKey(purpose + "/all/1")) {
                    Symbol symbol = key.symbol(number);
                    assertEquals(purpose, symbol.purpose());
                    assertEquals(purpose.symbolName() + "(..)", symbol.toString());
                    assertTrue(key.text(symbol).startsWith(purpose.textPart() + "1"));
                    assertTrue(seen.add(symbol.hex()));
                    assertEquals(symbol.hex(), Known.hex(key.symbols(Known.NUMBER.getBytes())));
                }
            }
        }
    }
}
