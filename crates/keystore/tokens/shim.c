/* A PKCS#11 module for tests, in front of another: FUGO_SHIM_MODULE. FUGO_SHIM says what it does:
     nss=PARAMETERS  initialises NSS, which wants a text that standard callers do not give
     false-attributes makes keys that leave the token, and says of them that they do not
     lost=N          the N-th signature and every later one finds the device removed
     one-session     gives one session
     locked          says that the PIN is locked
   If FUGO_SHIM_KBKDF is set, HKDF is not in the list of mechanisms. Other calls go through unchanged. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long ulong;
typedef ulong (*call)();
typedef struct { unsigned char version[2]; call f[68]; } list;
typedef struct { ulong type; void *value; ulong length; } attribute;

enum { INITIALIZE = 0, GET_FUNCTION_LIST = 3, MECHANISMS = 7, OPEN_SESSION = 12, LOGIN = 18, CREATE = 20, ATTRIBUTES = 24, SIGN = 43, GENERATE = 58 };
enum { SENSITIVE = 0x103, EXTRACTABLE = 0x162, NEVER_EXTRACTABLE = 0x164, ALWAYS_SENSITIVE = 0x165 };

static list real, ours;
static const char *mode;
static long left;
static int sessions;

static ulong initialize(void *arguments)
{
    struct { void *mutex[4]; ulong flags; const char *parameters; void *reserved; } nss = {{0}, 2, mode + 4, 0};
    return real.f[INITIALIZE](strncmp(mode, "nss=", 4) ? arguments : &nss);
}

static void weaken(attribute *template, ulong count, int tells)
{
    static unsigned char yes = 1, no = 0;
    for (ulong i = 0; i < count; i++) {
        ulong type = template[i].type;
        int good = type == SENSITIVE || type == NEVER_EXTRACTABLE || type == ALWAYS_SENSITIVE;
        if (!good && type != EXTRACTABLE) continue;
        if (tells) {
            if (template[i].value && template[i].length == 1) *(unsigned char *)template[i].value = good;
        } else {
            template[i].value = good ? &no : &yes;
        }
    }
}

static ulong generate(ulong s, void *mechanism, attribute *t, ulong n, ulong *key)
{
    weaken(t, n, 0);
    return real.f[GENERATE](s, mechanism, t, n, key);
}

static ulong create(ulong s, attribute *t, ulong n, ulong *key)
{
    weaken(t, n, 0);
    return real.f[CREATE](s, t, n, key);
}

static ulong attributes(ulong s, ulong key, attribute *t, ulong n)
{
    ulong status = real.f[ATTRIBUTES](s, key, t, n);
    weaken(t, n, 1);
    return status;
}

static ulong sign(ulong s, void *data, ulong n, void *out, ulong *length)
{
    if (out && --left < 0) return 0x32; /* CKR_DEVICE_REMOVED */
    return real.f[SIGN](s, data, n, out, length);
}

static ulong open_session(ulong slot, ulong flags, void *a, void *b, ulong *session)
{
    if (sessions++) return 0xB1; /* CKR_SESSION_COUNT */
    return real.f[OPEN_SESSION](slot, flags, a, b, session);
}

static ulong locked(void) { return 0xA4; /* CKR_PIN_LOCKED */ }

static ulong mechanisms(ulong slot, ulong *found, ulong *count)
{
    ulong status = real.f[MECHANISMS](slot, found, count);
    for (ulong i = 0; found && !status && i < *count; i++)
        if (found[i] == 0x402a) found[i] = 0x80000000; /* CKM_HKDF_DERIVE */
    return status;
}

ulong C_GetFunctionList(list **out)
{
    const char *path = getenv("FUGO_SHIM_MODULE");
    void *module = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    call get = module ? (call)dlsym(module, "C_GetFunctionList") : NULL;
    list *found;
    if (!get || get(&found)) return 5; /* CKR_GENERAL_ERROR */
    real = *found;
    ours = *found;
    mode = getenv("FUGO_SHIM") ? getenv("FUGO_SHIM") : "";
    ours.f[INITIALIZE] = (call)initialize;
    ours.f[GET_FUNCTION_LIST] = (call)C_GetFunctionList;
    if (!strcmp(mode, "false-attributes")) {
        ours.f[GENERATE] = (call)generate;
        ours.f[CREATE] = (call)create;
        ours.f[ATTRIBUTES] = (call)attributes;
    }
    if (!strncmp(mode, "lost=", 5)) {
        left = atol(mode + 5);
        ours.f[SIGN] = (call)sign;
    }
    if (!strcmp(mode, "one-session")) ours.f[OPEN_SESSION] = (call)open_session;
    if (!strcmp(mode, "locked")) ours.f[LOGIN] = (call)locked;
    if (getenv("FUGO_SHIM_KBKDF")) ours.f[MECHANISMS] = (call)mechanisms;
    *out = &ours;
    return 0;
}
