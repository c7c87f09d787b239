package fugo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;

class FugoTest {
    @Test
    void theLibrarySaysItsVersionAndHowItDerivesHere() {
        assertEquals(Native.version(), Fugo.version());
        assertTrue(Fugo.version().matches("[0-9]+\\.[0-9]+\\.[0-9]+"));
        assertTrue(Set.of("sha-ni", "avx512", "avx2", "portable").contains(Fugo.level()));
    }
}
