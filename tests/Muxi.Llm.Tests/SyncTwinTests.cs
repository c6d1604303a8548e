using System.Reflection;

namespace Muxi.Llm.Tests;

/// <summary>Whatever can be awaited can be waited for: every door of a reply and every verb of a resource has a synchronous twin.</summary>
public sealed class SyncTwinTests
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    // Extension members are compiled to static methods, an instance's with the instance in front.
    private static readonly HashSet<string> _twins = [.. new[] { typeof(SyncDoors), typeof(EmbeddingSyncDoors), typeof(TranslationSyncDoors), typeof(ResponseSyncDoors), typeof(BatchSyncDoors) }
        .SelectMany(doors => doors.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)).Select(twin => Line(twin.ReturnType, twin.Name, Types(twin)))];

    // A door that asks the network has no namesake that never does: see docs/decisions/0021.
    private static readonly string[] _withoutTwin = [$"{nameof(TokensResource)}.{nameof(TokensResource.CountAsync)}"];

    public static TheoryData<string, string> Doors
    {
        get
        {
            var doors = new TheoryData<string, string>();
            var types = typeof(LlmClient).Assembly.GetExportedTypes().Where(type => type != typeof(RawResource) && (type.Name.EndsWith("Resource", StringComparison.Ordinal) || type.IsAssignableTo(typeof(Reply)) || type == typeof(GeneratedImage)));
            foreach (var type in types)
                foreach (var door in type.GetMethods(Own).Where(door => door.Name.EndsWith("Async", StringComparison.Ordinal) && door.Name != nameof(IAsyncDisposable.DisposeAsync) && !_withoutTwin.Contains($"{type.Name}.{door.Name}")))
                    doors.Add($"{type.Name}.{door.Name}", Line(Result(door.ReturnType), door.Name[..^"Async".Length], door.IsStatic ? Types(door) : Types(door).Prepend(type)));
            return doors;
        }
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public void Each_door_has_its_twin(string door, string twin) => Assert.True(_twins.Contains(twin), $"{door} lacks '{twin}'");

    private static Type Result(Type type) =>
        type == typeof(Task) ? typeof(void) : type.GetGenericTypeDefinition() == typeof(Task<>) ? type.GetGenericArguments()[0] : typeof(IEnumerable<>).MakeGenericType(type.GetGenericArguments());

    private static IEnumerable<Type> Types(MethodInfo method) => method.GetParameters().Select(parameter => parameter.ParameterType);

    private static string Line(Type result, string name, IEnumerable<Type> parameters) => $"{result} {name}({string.Join(", ", parameters)})";
}
