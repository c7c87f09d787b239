package fugo;

import java.util.HexFormat;
import java.util.Locale;

/** The known answer of section 6 of the specification, and helpers of the tests. */
final class Known {
    static final String NUMBER = "123456789018";
    static final byte[] ROOT = bytes("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    static final String ROOT_TAG = "0e84213a";
    static final String SCOPE = "agency/nta/1";
    static final String LABEL = "6675676f010100000001036e7461";
    static final String SCOPE_KEY = "753e614d2f63180152f30488c967fb46ad0876995bd711b1c5df6448234540c0";
    static final String SCOPE_TAG = "7c2cb2a1";
    static final String AGENCY = "aca8b7a2ad979b290c590b2464183640";
    static final String AGENCY_TEXT = "kikan10skt9gdv4zm69tvhnv5sckgty3jpsdjq9rhe7v";
    static final String INSURERS = "d7da56371f414d6cc5e4d22d142087bb";
    static final String INSURERS_TEXT = "hokensha10k50hmwhmftrw86pf4kvtexj952zppam2edvsz";
    static final String ELIGIBILITY = "a2a10d1bae57c12b9a3cb92ecf0a2417";
    static final String ELIGIBILITY_TEXT = "shikaku1jargkyaz5yx3htjhcy4e509e9m8s5fqhm85jd5";

    private Known() {}

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    static RootKey root() {
        return RootKey.of(ROOT);
    }

    static ScopeKey scopeKey(String scope) {
        try (RootKey root = root()) {
            return root.scopeKey(Scope.parse(scope));
        }
    }

    static SymbolKey symbolKey(String scope) {
        try (ScopeKey key = scopeKey(scope)) {
            return SymbolKey.of(key);
        }
    }

    static SymbolKey eligibilityKey() {
        try (ScopeKey insurers = scopeKey("insurers/all/1");
                ScopeKey eligibility = scopeKey("eligibility/all/1")) {
            return SymbolKey.eligibility(insurers, eligibility);
        }
    }

    /** The valid number with this body. */
    static String number(long body) {
        String digits = String.format(Locale.ROOT, "%011d", body);
        return digits + MyNumber.checkDigit(digits);
    }

    /** Valid rows with bodies from 1 on. */
    static byte[] rows(int count) {
        StringBuilder rows = new StringBuilder();
        for (int i = 1; i <= count; i++) {
            rows.append(number(i));
        }
        return rows.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }
}
