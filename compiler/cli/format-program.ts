/** Generated code as prettier lays it out. */
export async function formatProgram(
  code: string,
  flavour: 'typescript' | 'javascript',
): Promise<string> {
  const { format } = await import('prettier');
  return format(code, {
    parser: flavour === 'typescript' ? 'typescript' : 'babel',
    singleQuote: true,
    printWidth: 100,
  });
}
