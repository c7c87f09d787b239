/* A PKCS#11 module for tests, in front of another: FUGO_SHIM_MODULE. FUGO_SHIM says what it does:
     nss=PARAMETERS  initialises NSS, which wants a text that standard callers do not give
     false-attributes makes keys that leave the token, and says of them that they do not
     says-no-sign    says of every key that it does not sign
     session-only    keeps a new key in its session, and says that it is stored
     gone            finds the device removed from the creation of a key on
     waits=PATH      writes this file before a key is generated, and waits until it is removed
     swap=LABEL      finds the key of this label in every session but the first
     without=TYPE    forgets this attribute of a new key
     destroy=WHAT    at a destruction of a key of the token: refused, nothing (says that it was done), dies, or dies-after
     derive-dies=N   dies at the N-th derivation
     derive-short=N  derives a key of 16 bytes at the N-th derivation and at every later one
     lost=N          the N-th signature and every later one finds the device removed
     one-session     gives one session
     locked          says that the PIN is locked
   If FUGO_SHIM_KBKDF is set, HKDF is not in the list of mechanisms. Other calls go through unchanged. */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long ulong;
typedef ulong (*call)();
typedef struct { unsigned char version[2]; call f[68]; } list;
typedef struct { ulong type; void *value; ulong length; } attribute;

enum { INITIALIZE = 0, GET_FUNCTION_LIST = 3, MECHANISMS = 7, OPEN_SESSION = 12, LOGIN = 18, CREATE = 20, DESTROY = 22, ATTRIBUTES = 24, FIND = 26, SIGN = 43, GENERATE = 58, DERIVE = 62 };
enum { OF_TOKEN = 1, LABEL = 3, MAY_SIGN = 0x108, SENSITIVE = 0x103, VALUE_LEN = 0x161, EXTRACTABLE = 0x162, NEVER_EXTRACTABLE = 0x164, ALWAYS_SENSITIVE = 0x165 };

static list real, ours;
static const char *mode;
static long left;
static int sessions, created;
static ulong first;

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

/* Makes what the caller asked for into what the mode makes. */
static ulong altered(attribute *t, ulong n)
{
    ulong kept = 0;
    if (!strcmp(mode, "false-attributes")) weaken(t, n, 0);
    int session_only = !strcmp(mode, "session-only");
    if (strncmp(mode, "without=", 8) && !session_only) return n;
    ulong without = session_only ? OF_TOKEN : strtoul(mode + 8, NULL, 16);
    for (ulong i = 0; i < n; i++)
        if (t[i].type != without) t[kept++] = t[i];
    return kept;
}

static ulong generate(ulong s, void *mechanism, attribute *t, ulong n, ulong *key)
{
    const char *path = mode + strlen("waits=");
    if (!strncmp(mode, "waits=", 6)) {
        fclose(fopen(path, "w"));
        while (!access(path, F_OK)) usleep(10000);
    }
    n = altered(t, n);
    ulong status = real.f[GENERATE](s, mechanism, t, n, key);
    created = 1;
    return status;
}

static ulong create(ulong s, attribute *t, ulong n, ulong *key)
{
    n = altered(t, n);
    ulong status = real.f[CREATE](s, t, n, key);
    created = 1;
    return status;
}

static ulong attributes(ulong s, ulong key, attribute *t, ulong n)
{
    ulong status = real.f[ATTRIBUTES](s, key, t, n);
    if (!strcmp(mode, "false-attributes")) weaken(t, n, 1);
    if (!strcmp(mode, "gone") && created) return 0x32; /* CKR_DEVICE_REMOVED */
    for (ulong i = 0; i < n && !strcmp(mode, "session-only"); i++)
        if (t[i].type == OF_TOKEN && t[i].value) *(unsigned char *)t[i].value = 1;
    for (ulong i = 0; i < n && !strcmp(mode, "says-no-sign"); i++)
        if (t[i].type == MAY_SIGN && t[i].value) *(unsigned char *)t[i].value = 0;
    return status;
}

static ulong destroy(ulong s, ulong key)
{
    const char *what = mode + strlen("destroy=");
    unsigned char is_of_token = 0;
    attribute asked = {1 /* CKA_TOKEN */, &is_of_token, 1};
    real.f[ATTRIBUTES](s, key, &asked, 1UL);
    if (!is_of_token) return real.f[DESTROY](s, key);
    if (!strcmp(what, "refused")) return 0x1B; /* CKR_ACTION_PROHIBITED */
    if (!strcmp(what, "nothing")) return 0;
    if (!strcmp(what, "dies")) raise(SIGKILL);
    real.f[DESTROY](s, key);
    raise(SIGKILL);
    return 0;
}

static ulong derive(ulong s, void *mechanism, ulong root, attribute *t, ulong n, ulong *key)
{
    static ulong short_length = 16;
    if (--left <= 0) {
        if (!strncmp(mode, "derive-dies=", 12)) raise(SIGKILL);
        for (ulong i = 0; i < n; i++)
            if (t[i].type == VALUE_LEN) t[i].value = &short_length;
    }
    return real.f[DERIVE](s, mechanism, root, t, n, key);
}

static ulong sign(ulong s, void *data, ulong n, void *out, ulong *length)
{
    if (out && --left < 0) return 0x32; /* CKR_DEVICE_REMOVED */
    return real.f[SIGN](s, data, n, out, length);
}

static ulong open_session(ulong slot, ulong flags, void *a, void *b, ulong *session)
{
    if (!strcmp(mode, "one-session") && sessions++) return 0xB1; /* CKR_SESSION_COUNT */
    if (created) return 0x32; /* CKR_DEVICE_REMOVED */
    ulong status = real.f[OPEN_SESSION](slot, flags, a, b, session);
    if (!first) first = *session;
    return status;
}

static ulong find(ulong s, attribute *t, ulong n)
{
    char *other = (char *)mode + strlen("swap=");
    if (created) return 0x32; /* CKR_DEVICE_REMOVED */
    for (ulong i = 0; i < n && s != first && !strncmp(mode, "swap=", 5); i++)
        if (t[i].type == LABEL) t[i] = (attribute){LABEL, other, strlen(other)};
    return real.f[FIND](s, t, n);
}

static ulong destroy_gone(ulong s, ulong key)
{
    return created ? 0x32 : real.f[DESTROY](s, key); /* CKR_DEVICE_REMOVED */
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
    ours.f[GENERATE] = (call)generate;
    ours.f[CREATE] = (call)create;
    ours.f[ATTRIBUTES] = (call)attributes;
    if (!strncmp(mode, "destroy=", 8)) ours.f[DESTROY] = (call)destroy;
    if (!strncmp(mode, "derive-", 7)) {
        left = atol(strchr(mode, '=') + 1);
        ours.f[DERIVE] = (call)derive;
    }
    if (!strncmp(mode, "lost=", 5)) {
        left = atol(mode + 5);
        ours.f[SIGN] = (call)sign;
    }
    if (!strcmp(mode, "one-session")) ours.f[OPEN_SESSION] = (call)open_session;
    if (!strcmp(mode, "gone") || !strncmp(mode, "swap=", 5)) {
        ours.f[OPEN_SESSION] = (call)open_session;
        ours.f[FIND] = (call)find;
    }
    if (!strcmp(mode, "gone")) ours.f[DESTROY] = (call)destroy_gone;
    if (!strcmp(mode, "locked")) ours.f[LOGIN] = (call)locked;
    if (getenv("FUGO_SHIM_KBKDF")) ours.f[MECHANISMS] = (call)mechanisms;
    *out = &ours;
    return 0;
}
